using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Invocation;
using Orleans.Serialization.Serializers;

namespace BudgetEngine.SimulatedSilo.Calls;

/// <summary>What Orleans does with a message on its way: within a silo it copies what is not immutable, between silos it serializes.</summary>
public abstract class MessageCopier
{
    private static readonly Lazy<ServiceProvider> s_services = new(Build);
    private static readonly HashSet<System.Reflection.Assembly> s_assemblies = [typeof(GrainId).Assembly];

    /// <summary>Within a silo.</summary>
    public static MessageCopier Copies { get; } = new DeepCopies();

    /// <summary>Between silos: a round trip through the wire format.</summary>
    public static MessageCopier Serializes { get; } = new Wire();

    internal static IServiceProvider Services => s_services.Value;

    /// <summary>Grain classes and interfaces of an assembly are used: before the first message.</summary>
    internal static void Add(System.Reflection.Assembly assembly)
    {
        lock (s_assemblies) s_assemblies.Add(assembly);
    }

    internal static TypeManifestOptions Types => Services.GetRequiredService<IOptions<TypeManifestOptions>>().Value;

    internal static CodecProvider Codecs => Services.GetRequiredService<CodecProvider>();

    internal static CopyContextPool Contexts => Services.GetRequiredService<CopyContextPool>();

    internal abstract T Item<T>(T item);

    internal abstract IInvokable Copy(IInvokable body);

    internal abstract Response Copy(Response response);

    private static ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddSerializer(builder =>
        {
            foreach (var assembly in s_assemblies) builder.AddAssembly(assembly);
        });
        // As in the product.
        services.Configure<ExceptionSerializationOptions>(o => o.SupportedExceptionTypeFilter = static _ => true);
        return services.BuildServiceProvider();
    }

    private sealed class DeepCopies : MessageCopier
    {
        private DeepCopier _copier => field ??= Services.GetRequiredService<DeepCopier>();

        internal override T Item<T>(T item) => _copier.Copy(item)!;

        internal override IInvokable Copy(IInvokable body) => body is Streams.IStreamRequest stream ? stream.CopyWith(this) : Again(body);

        internal override Response Copy(Response response) => response.Exception is null ? _copier.Copy(response) : response;

        // The reference copied the arguments when it made the invokable; what is needed is only an invokable of one's own.
        private static IInvokable Again(IInvokable body)
        {
            var again = (IInvokable)Activator.CreateInstance(body.GetType())!;
            for (var i = 0; i < body.GetArgumentCount(); i++)
            {
                if (body.GetArgument(i) is { } argument and not CancellationToken) again.SetArgument(i, argument);
            }

            return again;
        }
    }

    private sealed class Wire : MessageCopier
    {
        private Serializer _serializer => field ??= Services.GetRequiredService<Serializer>();

        internal override T Item<T>(T item) => _serializer.Deserialize<T>(_serializer.SerializeToArray(item))!;

        internal override IInvokable Copy(IInvokable body) => body is Streams.IStreamRequest stream ? stream.CopyWith(this) : (IInvokable)Item<object>(body);

        internal override Response Copy(Response response) => (Response)Item<object>(response);
    }
}
