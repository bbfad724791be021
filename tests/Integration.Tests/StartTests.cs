using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Integration.Tests;

/// <summary>A start that cannot succeed ends with 1 and one line that says why; a command line that cannot be read with 2 and the usage.</summary>
public sealed partial class StartTests : IDisposable
{
    private readonly Store _store = Store.NewSqlite();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Start_PortInUse_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await AssertFailsAsync([.. _store.Arguments, "--urls", $"http://127.0.0.1:{port}"], $"{port}", "--urls");
    }

    [Fact]
    public Task Start_PostgresUnreachable_SaysSoWithoutThePassword() =>
        AssertFailsAsync(["--postgres", $"Host=127.0.0.1;Port={FreePort.Next()};Username=u;Password=hush-hush;Database=d", .. FreeUrl()], "127.0.0.1");

    [Fact]
    public async Task Start_DataPathIsAFile_SaysSo()
    {
        var file = Path.Combine(_store.Directory, "a-file");
        await File.WriteAllTextAsync(file, "");
        await AssertFailsAsync(["--data", file, .. FreeUrl()], file);
    }

    [Fact]
    public async Task Start_DataPathNotWritable_SaysSo()
    {
        // Nobody may make a folder in /proc; root may anywhere else.
        await AssertFailsAsync(["--data", "/proc/budget-data", .. FreeUrl()], "/proc/budget-data");
        if (Environment.IsPrivilegedProcess || OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_store.Directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await AssertFailsAsync(["--data", _store.Directory, .. FreeUrl()], _store.Directory);
        File.SetUnixFileMode(_store.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Start_LedgerFileIsNoDatabase_SaysSo()
    {
        await File.WriteAllTextAsync(Path.Combine(_store.Directory, "ledger.db"), new string('x', 5_000));
        await AssertFailsAsync([.. _store.Arguments, .. FreeUrl()], "ledger.db");
    }

    [Fact]
    public async Task Start_SecondProcessOnTheSameFolder_IsRefused()
    {
        await using var first = await EngineProcess.StartAsync(_store);
        await AssertFailsAsync([.. _store.Arguments, .. FreeUrl()], "Another process", _store.Directory);
        Assert.Equal("ready", await first.Caller.ReadyAsync());
    }

    [PostgresFact]
    public async Task Start_SecondProcessOnTheSameDatabase_IsRefused()
    {
        using var store = Store.NewPostgres();
        await using var first = await EngineProcess.StartAsync(store);
        await AssertFailsAsync([.. store.Arguments, .. FreeUrl()], "Another process");
        Assert.Equal("ready", await first.Caller.ReadyAsync());
    }

    [Fact]
    public Task Start_DatabaseNewerThanTheProgramOnSqlite_IsRefused() => NewerAsync(_store);

    [PostgresFact]
    public async Task Start_DatabaseNewerThanTheProgramOnPostgres_IsRefused()
    {
        using var store = Store.NewPostgres();
        await NewerAsync(store);
    }

    [Fact]
    public async Task Start_ChangedMigration_IsRefused()
    {
        await MigrateAsync(_store);
        await _store.ExecuteAsync("update migrations set hash = 'other'");
        await AssertFailsAsync([.. _store.Arguments, .. FreeUrl()], "0001_ledger", "another form");
    }

    [Fact]
    public Task Start_AdminKeyTooShort_SaysSo() => AssertFailsAsync([.. _store.Arguments, .. FreeUrl()], ["BUDGET_ADMIN_KEY", "32"], adminKey: "too-short");

    [Fact]
    public Task Start_OptionOutOfRange_SaysSo() => AssertFailsAsync([.. _store.Arguments, .. FreeUrl(), "--Ledger:MaxBatch=0"], "MaxBatch");

    [Fact]
    public Task Start_OptionNotANumber_SaysSo() => AssertFailsAsync([.. _store.Arguments, .. FreeUrl(), "--Ledger:MaxBatch=many"], "MaxBatch");

    [Fact]
    public Task Start_UrlThatIsNone_SaysSo() => AssertFailsAsync([.. _store.Arguments, "--urls", "not-a-url"], "not-a-url");

    [Theory]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:80x80")]
    [InlineData("http://127.0.0.999:8080")]
    [InlineData("http://127.0.0.1:0;http://[::1:8080")]
    public Task Start_UrlWithAMistypedHostOrPort_DoesNotListenToAllAddresses(string url) => AssertFailsAsync([.. _store.Arguments, "--urls", url], url.Split(';')[^1]);

    [Theory]
    [InlineData("hush-hush")]
    [InlineData("postgres://u:hush-hush@127.0.0.1/d")]
    [InlineData("Host=127.0.0.1;Username=u;Password='hush-hush")]
    [InlineData("Host=127.0.0.1;Username=u;Password=x;hush-hush=y")]
    [InlineData("Host=127.0.0.1;Port=many;Username=u;Password=hush-hush")]
    [InlineData("Host=127.0.0.1;Port=99999;Username=u;Password=hush-hush")]
    public Task Start_PostgresIsNoConnectionString_SaysSoWithoutIt(string connection) => AssertFailsAsync(["--postgres", connection, .. FreeUrl()], "Ledger:Postgres", "--postgres");

    [Theory]
    [InlineData("--bananas")]
    [InlineData("--urls")]
    [InlineData("server")]
    [InlineData("keys")]
    [InlineData("serve", "--bananas")]
    [InlineData("migrate", "--demo")]
    [InlineData("keys", "create")]
    public async Task Start_UnknownOrIncompleteOption_ExitsWithTwoAndTheUsage(params string[] arguments)
    {
        var run = await EngineProcess.RunAsync(arguments);
        Assert.True(run.ExitCode == 2, run.ToString());
        Assert.Contains("Usage:", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    [InlineData("migrate", "--help")]
    [InlineData("--urls", "not-a-url", "--help")]
    public async Task Start_AskedForHelp_PrintsTheUsageAndExitsWithZero(params string[] arguments)
    {
        var run = await EngineProcess.RunAsync(arguments);
        Assert.True(run.ExitCode == 0 && run.Errors.Length == 0, run.ToString());
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        Assert.Contains("--postgres", run.Output, StringComparison.Ordinal);
    }

    [ToolFact("bash", "curl")]
    public async Task RunScript_AskedForHelp_PrintsAllThatTheProcessDoesAndExitsWithZero()
    {
        var process = await EngineProcess.RunAsync(["--help"]);
        // run.sh answers without a build, so it has words of its own: verbs, which begin a line of the process' help, and options.
        var words = HelpWord().Matches(process.Output).Select(m => m.Groups[1].Value).ToList();
        Assert.Superset(new HashSet<string> { "serve", "api", "migrate", "keys", "--urls", "--data", "--postgres", "--demo", "--version" }, words.ToHashSet());
        foreach (var arguments in (string[][])[["--help"], ["-h"], ["help"], ["--no-build", "--help"]])
        {
            var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root!, "run.sh"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var script = Process.Start(start)!;
            var (output, errors) = (await script.StandardOutput.ReadToEndAsync(), await script.StandardError.ReadToEndAsync());
            await script.WaitForExitAsync();
            Assert.True(script.ExitCode == 0 && errors.Length == 0, $"exit {script.ExitCode}: {errors}");
            Assert.All(words, w => Assert.Contains(w, output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Start_UnknownSettings_NamesAllWithTheNearestOnes()
    {
        await AssertFailsAsync(
            [.. _store.Arguments, .. FreeUrl(), "--Alerts:DashbordUrl=https://x.example", "--Smtp:Xyzzy=1", "--Ledger:MaxBacth=5", "--Alert:SpikeFloor=3"],
            "Alerts:DashbordUrl is unknown; did you mean Alerts:DashboardUrl?", "Smtp:Xyzzy is unknown; there are ", "did you mean Ledger:MaxBatch?", "did you mean Alerts:SpikeFloor?");
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("keys", "create", "--admin")]
    public async Task Verb_UnknownSetting_DoesNothingElsewhere(params string[] verb)
    {
        await AssertFailsAsync([.. verb, .. _store.Arguments, "--Ledger:Postgress=Host=db.example;Password=hush-hush"], "Ledger:Postgress", "Ledger:Postgres?");
        Assert.Empty(Directory.EnumerateFiles(_store.Directory));
    }

    [Fact]
    public Task Start_MailSecurityThatIsNone_SaysWhichThereAre() =>
        AssertFailsAsync([.. _store.Arguments, .. FreeUrl(), "--Smtp:Security=ssl"], "Smtp:Security is 'ssl'; it can be none, starttls or tls");

    [Fact]
    public async Task Start_CurrencyThatIsCountedOtherwise_SaysWhatTheLedgerHas()
    {
        await using (var engine = await EngineHost.StartAsync(_store, TimeProvider.System, "--Currency=VND")) await engine.Caller.SetBudgetAsync("acme", new { daily = 4_000_000_000L });
        await AssertFailsAsync([.. _store.Arguments, .. FreeUrl()], "counts amounts to 5 decimals", "ask for 9", "Start with Currency:Decimals=5");
        await AssertFailsAsync([.. _store.Arguments, .. FreeUrl(), "--Currency:Decimals=12"], "Currency:Decimals is '12'; it is 2 to 9");
    }

    private static async Task NewerAsync(Store store)
    {
        await MigrateAsync(store);
        await store.ExecuteAsync("insert into migrations (name, hash, applied_at) select '9999_future', hash, applied_at from migrations where name = '0001_ledger'");
        await AssertFailsAsync([.. store.Arguments, .. FreeUrl()], "9999_future", "newer");
    }

    private static async Task MigrateAsync(Store store)
    {
        var run = await EngineProcess.RunAsync(["migrate", .. store.Arguments]);
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    private static string[] FreeUrl() => ["--urls", $"http://127.0.0.1:{FreePort.Next()}"];

    private static Task AssertFailsAsync(string[] arguments, params string[] says) => AssertFailsAsync(arguments, says, null);

    private static async Task AssertFailsAsync(string[] arguments, string[] says, string? adminKey)
    {
        var run = await EngineProcess.RunAsync(arguments, adminKey);
        Assert.True(run.ExitCode == 1, run.ToString());
        var lines = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 1, run.ToString());
        Assert.StartsWith("budgetengine: ", lines[0], StringComparison.Ordinal);
        Assert.All(says, s => Assert.Contains(s, lines[0], StringComparison.Ordinal));
        Assert.DoesNotContain("hush-hush", run.Output + run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Output + run.Errors, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?:^  |^  -.*, )(--[a-z]+|[a-z]+)(?= )", RegexOptions.Multiline)]
    private static partial Regex HelpWord();
}
