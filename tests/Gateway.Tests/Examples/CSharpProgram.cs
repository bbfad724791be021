using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace BudgetEngine.Gateway.Tests.Examples;

/// <summary>Top-level statements, compiled against this program's own assemblies and run in this process.</summary>
internal static class CSharpProgram
{
    private const string Usings = "using System; using BudgetEngine.Client; using BudgetEngine.Client.Checks; using BudgetEngine.Client.Usage;\n";

    public static async Task RunAsync(string text)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p));
        var compilation = CSharpCompilation.Create(
            $"example-{Guid.NewGuid():N}", [CSharpSyntaxTree.ParseText(Usings + text)], references, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var program = new MemoryStream();
        var result = compilation.Emit(program);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        Assert.DoesNotContain(result.Diagnostics, d => d.Severity == DiagnosticSeverity.Warning);
        // An entry point of asynchronous statements waits for them itself.
        var entry = Assembly.Load(program.ToArray()).EntryPoint!;
        await Task.Run(() => entry.Invoke(null, [Array.Empty<string>()]));
    }
}
