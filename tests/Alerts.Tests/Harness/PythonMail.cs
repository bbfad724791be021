using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace BudgetEngine.Alerts.Tests.Harness;

/// <summary>Python's reading of a mail.</summary>
internal sealed record ParsedMail(JsonElement Json)
{
    public string Type => Json.GetProperty("type").GetString()!;

    public string[] Addresses => [.. Json.GetProperty("addresses").EnumerateArray().Select(a => a.GetString()!)];

    public string[] Defects => [.. Json.GetProperty("defects").EnumerateArray().Select(a => a.GetString()!)];

    public JsonElement Envelope => Json.GetProperty("envelope");

    public string[] HeaderNames => [.. Json.GetProperty("headers").EnumerateArray().Select(h => h[0].GetString()!)];

    public string Header(string name) => Json.GetProperty("headers").EnumerateArray().Single(h => h[0].GetString() == name)[1].GetString()!;

    public string Part(string type) => Json.GetProperty("parts").EnumerateArray().Single(h => h[0].GetString() == type)[1].GetString()!.ReplaceLineEndings("\n");
}

/// <summary>Runs <c>mail.py</c>.</summary>
internal sealed class PythonMail : IAsyncDisposable
{
    private readonly Process _process;

    private PythonMail(Process process) => _process = process;

    public int Port { get; private set; }

    /// <summary>Debian's own, whose packages it sees, before another that is found first.</summary>
    private static readonly string Python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static readonly Lazy<bool> HasPython = new(() => Runs("import email"));

    private static readonly Lazy<bool> HasServer = new(() => HasPython.Value && Runs("import aiosmtpd"));

    /// <summary>Why it cannot run here; null: it can.</summary>
    public static string? WhyNot(bool server) =>
        !HasPython.Value ? "There is no python3 here." : server && !HasServer.Value ? "There is no aiosmtpd for python3 here (Debian: python3-aiosmtpd)." : null;

    private static bool Runs(string program)
    {
        try
        {
            using var probe = Start("-c", program);
            probe.StandardInput.Close();
            probe.WaitForExit();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public static async Task<ParsedMail> ParseAsync(string content)
    {
        await using var python = new PythonMail(Start(Script(), "parse"));
        await python._process.StandardInput.BaseStream.WriteAsync(Encoding.Latin1.GetBytes(content));
        python._process.StandardInput.Close();
        return await python.NextAsync();
    }

    public static async Task<PythonMail> ServeAsync(params string[] certificate)
    {
        var python = new PythonMail(Start([Script(), "serve", .. certificate]));
        python.Port = (await python.NextAsync()).Json.GetProperty("port").GetInt32();
        return python;
    }

    public async Task<ParsedMail> NextAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return line is null ? throw new InvalidOperationException(await _process.StandardError.ReadToEndAsync()) : new ParsedMail(JsonDocument.Parse(line).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Python, arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
    })!;

    private static string Script([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "Mail", "mail.py");
}

/// <summary>A test that reads mail with Python; skipped, saying so, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute(bool server = false) => Skip = PythonMail.WhyNot(server);
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = PythonMail.WhyNot(server: false);
}
