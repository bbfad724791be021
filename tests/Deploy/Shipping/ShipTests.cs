using System.Text.Json;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Deploy.Shipping;

/// <summary>The shipper as a process, before a real engine: whatever happens to it, to the log and to the engine, each line is settled once.</summary>
public sealed class ShipTests : IAsyncLifetime
{
    private const string CostCenter = "acme/search";
    private const decimal Cost = 0.25m;

    private readonly DirectoryInfo _folder = Files.NewFolder();
    private readonly Store _store = Store.NewSqlite();
    private EngineProcess _engine = default!;
    private int _written;

    private string Log => Path.Combine(_folder.FullName, "budget.log");

    private string State => Log + ".position";

    public async Task InitializeAsync()
    {
        _engine = await EngineProcess.StartAsync(_store, "--Check:ApiDeadline=00:00:10");
        await _engine.Caller.SetBudgetAsync("acme", new { daily = 1_000 });
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        _store.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Lines_AsTheyCome_AreSettled_AndWhatIsNoneIsToldAndCounted()
    {
        await using var shipper = Start("--Ship:MaxLineBytes=2048");
        await WriteAsync(3);
        await File.AppendAllTextAsync(Log, "no json\n" + new string('x', 5_000) + "\n" + """{"reservation_id":"rsv_forged","status":"200","cost":"1"}""" + "\n{}\n");
        await WriteAsync(2);
        await AssertSettledAsync();
        await Eventually.HoldsAsync("everything is counted", () => Totals() is { Recorded: 5, Left: 1, Bad: 2, Rejected: 1 });
        Assert.Contains("2 lines of", shipper.Output, StringComparison.Ordinal);
        await Eventually.HoldsAsync("it says why", () => shipper.Output.Contains("unknown_reservation", StringComparison.Ordinal));
        Assert.DoesNotContain("rsv_", shipper.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotation_ByRenaming_LosesNothing_AlsoOfAWriterThatStillHasTheOldFile()
    {
        await using var shipper = Start();
        await WriteAsync(3);
        await AssertSettledAsync();
        await using (var old = new StreamWriter(new FileStream(Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true })
        {
            File.Move(Log, Log + ".1");
            await old.WriteLineAsync(await NewLineAsync());
            await AssertSettledAsync();
        }

        await WriteAsync(2);
        await AssertSettledAsync();
    }

    [Fact]
    public async Task Rotation_ByCopyingAndEmptying_LosesNothing()
    {
        var shipper = Start();
        await using (shipper)
        {
            await WriteAsync(3);
            await AssertSettledAsync();
            // Stands still, so that the copy has lines that it has not read.
            await shipper.HaltAsync();
            await WriteAsync(2);
            Copytruncate();
            await WriteAsync(4);
            shipper.Continue();
            await AssertSettledAsync();
            Copytruncate();
            await WriteAsync(1);
            await AssertSettledAsync();
        }
    }

    [Fact]
    public async Task Restart_AfterSeveralRotations_FindsItsPlace()
    {
        await using (Start())
        {
            await WriteAsync(2);
            await AssertSettledAsync();
        }

        await WriteAsync(2);
        File.Move(Log, Log + ".2");
        File.SetLastWriteTimeUtc(Log + ".2", DateTime.UtcNow.AddMinutes(-2));
        await WriteAsync(3);
        File.Move(Log, Log + ".1");
        File.SetLastWriteTimeUtc(Log + ".1", DateTime.UtcNow.AddMinutes(-1));
        await WriteAsync(1);
        await using var again = Start();
        await AssertSettledAsync();
        // What the kill took from the position was posted again.
        await Eventually.HoldsAsync("nothing was rejected", () => Totals() is { Rejected: 0, Bad: 0 } t && t.Recorded + t.Duplicates >= 8);
        Assert.Equal(8, (await _engine.Caller.ExportAsync(CostCenter)).Count);
    }

    [Fact]
    public async Task Kill_BetweenPostAndPosition_PostsNothingTwice()
    {
        await WriteAsync(5);
        await using (var front = await SilentFront.StartAsync(_engine.Address))
        {
            await using var killed = Start($"--Ship:Engine={front.Address}");
            // The engine has recorded them; the shipper never hears of it.
            await AssertSettledAsync();
            Assert.Equal(0, Offset());
        }

        await WriteAsync(1);
        await using var again = Start();
        await AssertSettledAsync();
        await Eventually.HoldsAsync("the repeats were duplicates", () => Totals() is { Recorded: 1, Duplicates: 5, Rejected: 0 });
        Assert.Equal(6, (await _engine.Caller.ExportAsync(CostCenter)).Count);
    }

    [Fact]
    public async Task Engine_AwayForAWhile_IsWaitedFor()
    {
        await WriteAsync(2);
        await _engine.KillAsync();
        await using var shipper = Start();
        await Eventually.HoldsAsync("it says that it waits", () => shipper.Output.Contains("2 records wait", StringComparison.Ordinal), 60);
        Assert.Equal(0, Offset());
        await _engine.RestartAsync();
        await WriteAsync(1);
        await AssertSettledAsync();
    }

    [Theory]
    [InlineData("--Ship:File=", "File")]
    [InlineData("--Ship:BatchRecords=0", "BatchRecords")]
    [InlineData("--Ship:Fille=x", "Ship:Fille")]
    public async Task Setting_ThatIsWrong_DoesNotStart(string setting, string named)
    {
        var run = await EngineProcess.RunAsync(["ship", $"--Ship:File={Log}", $"--Ship:Engine={_engine.Address}", setting]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(named, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APosition_ThatIsNone_EndsItWithAWord()
    {
        await File.WriteAllTextAsync(State, "garbage");
        var run = await EngineProcess.RunAsync(["ship", $"--Ship:File={Log}", $"--Ship:Engine={_engine.Address}"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("holds no position", run.Errors, StringComparison.Ordinal);
    }

    private RunningProgram Start(params string[] more) =>
        new("dotnet", _folder.FullName, [EngineProcess.Program, "ship", $"--Ship:File={Log}", $"--Ship:Engine={_engine.Address}", "--Ship:PollInterval=00:00:00.050", "--Ship:RetryAtMost=00:00:00.500", .. more]);

    private async Task WriteAsync(int lines)
    {
        for (var i = 0; i < lines; i++) await File.AppendAllTextAsync(Log, await NewLineAsync() + "\n");
    }

    /// <summary>Of a call that was allowed, and cost less than it holds.</summary>
    private async Task<string> NewLineAsync()
    {
        var check = await _engine.Caller.CheckAsync(CostCenter, 1);
        _written++;
        return JsonSerializer.Serialize(new { reservation_id = check.ReservationId, status = 200, cost = Cost, path = "/v1/chat/completions" });
    }

    private void Copytruncate()
    {
        File.Copy(Log, $"{Log}.1", overwrite: true);
        using var emptied = new FileStream(Log, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite);
    }

    private async Task AssertSettledAsync()
    {
        try
        {
            await Eventually.HoldsAsync(
                $"{_written} lines are settled, once each", async () => await _engine.Caller.LimitAsync("acme") is var limit && limit.Held == 0 && limit.Spent == Nano.Of(_written * Cost), 60);
        }
        catch (TimeoutException late)
        {
            Assert.Fail($"{late.Message}: {await _engine.Caller.LimitAsync("acme")}\n{(File.Exists(State) ? File.ReadAllText(State) : "no position")}\n{File.ReadAllText(Log)}");
        }
    }

    private long Offset() => JsonDocument.Parse(File.ReadAllText(State)).RootElement.GetProperty("position").GetProperty("offset").GetInt64();

    private (int Recorded, int Duplicates, int Left, int Bad, int Rejected) Totals()
    {
        if (!File.Exists(State)) return default;
        var totals = JsonDocument.Parse(File.ReadAllText(State)).RootElement.GetProperty("totals");
        return (Of("recorded"), Of("duplicates"), Of("left"), Of("bad"), Of("rejected"));

        int Of(string name) => totals.GetProperty(name).GetInt32();
    }
}
