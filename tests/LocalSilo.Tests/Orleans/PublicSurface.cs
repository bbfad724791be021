using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace BudgetEngine.LocalSilo.Tests;

/// <summary>The public members of the <c>Orleans</c> namespaces of some assemblies, as text, read without loading them.</summary>
internal static class PublicSurface
{
    public static IReadOnlySet<string> Of(IEnumerable<string> assemblies) => assemblies.SelectMany(Of).ToHashSet(StringComparer.Ordinal);

    private static List<string> Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        if (!file.HasMetadata) return [];
        var reader = file.GetMetadataReader();
        var types = reader.TypeDefinitions.Select(reader.GetTypeDefinition).Where(type => IsPublicOrleansType(reader, type));
        return [.. types.SelectMany(type => Members(reader, type))];
    }

    private static bool IsPublicOrleansType(MetadataReader reader, TypeDefinition type)
    {
        var ns = reader.GetString(type.Namespace);
        return type.Attributes.HasFlag(TypeAttributes.Public) && (ns == "Orleans" || ns.StartsWith("Orleans.", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Members(MetadataReader reader, TypeDefinition type)
    {
        var name = $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        yield return $"type {name}";
        foreach (var handle in type.GetInterfaceImplementations())
        {
            var implemented = TypeName(reader, reader.GetInterfaceImplementation(handle).Interface);
            if (implemented.Contains("Orleans.", StringComparison.Ordinal)) yield return $"type {name} : {implemented}";
        }

        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition).Where(m => IsVisible(m.Attributes)))
        {
            var signature = method.DecodeSignature(TypeNames.Instance, null);
            var generic = method.GetGenericParameters().Count;
            var modifiers = method.Attributes.HasFlag(MethodAttributes.Static) ? "static " : "";
            yield return $"{modifiers}{signature.ReturnType} {name}.{reader.GetString(method.Name)}`{generic}({string.Join(", ", signature.ParameterTypes)})";
        }

        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition).Where(f => f.Attributes.HasFlag(FieldAttributes.Public)))
        {
            yield return $"field {field.DecodeSignature(TypeNames.Instance, null)} {name}.{reader.GetString(field.Name)}";
        }
    }

    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private static string TypeName(MetadataReader reader, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => TypeNames.Instance.GetTypeFromReference(reader, (TypeReferenceHandle)handle, 0),
        HandleKind.TypeDefinition => TypeNames.Instance.GetTypeFromDefinition(reader, (TypeDefinitionHandle)handle, 0),
        _ => reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(TypeNames.Instance, null),
    };

    /// <summary>Writes types by their full names, so that both sides look the same whatever assembly a type is in.</summary>
    private sealed class TypeNames : ISignatureTypeProvider<string, object?>
    {
        public static TypeNames Instance { get; } = new();

        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{shape.Rank}]";

        public string GetByReferenceType(string elementType) => $"{elementType}&";

        public string GetFunctionPointerType(MethodSignature<string> signature) => "function";

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

        public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

        public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetPinnedType(string elementType) => elementType;

        public string GetPointerType(string elementType) => $"{elementType}*";

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSZArrayType(string elementType) => $"{elementType}[]";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeDefinition(handle);
            return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeReference(handle);
            return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);
    }
}
