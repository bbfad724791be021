using BudgetEngine.Cli.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Cli.Tests.Commands;

/// <summary>The questions of an operator's day, each by one command, against a real engine.</summary>
[Collection(nameof(CliStand))]
public sealed class OperatorCommandTests(CliStand stand)
{
    [Fact]
    public async Task Denials_SayWhoWasDenied_AndWhichWindowRefused()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync(daily: 10);
        (await stand.RunAsync("check", costCenter, "--amount", "11", "--user", "amy", "--hold")).Ended(2);

        CliRun listed = null!;
        await Eventually.HoldsAsync("the denial is listed", async () => (listed = await stand.RunAsync("denials", costCenter, "--user", "amy", "--json")).Output.Length > 0);

        Assert.Equal(("amy", "budget_exceeded", 11m), (listed.Json.GetProperty("user").GetString(), listed.Json.GetProperty("reason").GetString(), listed.Json.GetProperty("amount").GetDecimal()));
        var table = (await stand.RunAsync("denials", costCenter)).Ended(0).Output;
        Assert.Contains("budget_exceeded", table, StringComparison.Ordinal);
        // The sentence is broken over lines of its column.
        Assert.Contains("more than is left of the daily budget", listed.Json.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.Contains("none", (await stand.RunAsync("denials", costCenter, "--reason", "paused")).Ended(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Holds_AreListedByAgeOrAmount_AndReleasedByFilter()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync(daily: 100);
        (await stand.RunAsync("check", costCenter, "--amount", "2", "--user", "amy", "--hold")).Ended(0);
        (await stand.RunAsync("check", costCenter, "--amount", "7", "--user", "bob", "--hold")).Ended(0);

        Assert.Equal(["2", "7"], Held((await stand.RunAsync("holds", costCenter, "--json")).Ended(0)));
        Assert.Equal(["7", "2"], Held((await stand.RunAsync("holds", costCenter, "--largest", "--json")).Ended(0)));
        Assert.Contains("none", (await stand.RunAsync("holds", costCenter, "--older-than", "1h")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Matches(@"amy.* 2 ", (await stand.RunAsync("holds", costCenter)).Ended(0).Output);
        Assert.Contains("no time", (await stand.RunAsync("holds", costCenter, "--older-than", "soon")).Ended(1).Errors, StringComparison.Ordinal);

        Assert.Contains("released: 1, left: 0", (await stand.RunAsync("holds", costCenter, "--user", "bob", "--release", "--reason", "stuck")).Ended(0).Output, StringComparison.Ordinal);

        Assert.Equal(["2"], Held((await stand.RunAsync("holds", costCenter, "--json")).Ended(0)));
        Assert.Contains("stuck", (await stand.RunAsync("audit", costCenter, "--action", "reservations")).Ended(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pauses_AreListed_AndResumeSaysWhatIsLeft_AndATypoWarns()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        (await stand.RunAsync("set", costCenter, "--daily", "5")).Ended(0);
        (await stand.RunAsync("pause", costCenter)).Ended(0);
        Assert.Contains("warning: no usage of a user 'amyy'", (await stand.RunAsync("pause", costCenter, "--user", "amyy", "--reason", "loop")).Ended(0).Errors, StringComparison.Ordinal);

        Assert.Contains("user amyy", (await stand.RunAsync("pauses", costCenter)).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains($"still paused: {costCenter}, user amyy", (await stand.RunAsync("resume", costCenter)).Ended(0).Output, StringComparison.Ordinal);
        foreach (var never in (string[])["2000000000d", "99999999h", "36526d"])
        {
            Assert.Contains($"'{never}' is neither an instant", (await stand.RunAsync("pause", costCenter, "--until", never)).Ended(1).Errors, StringComparison.Ordinal);
        }

        Assert.Contains("warning: nothing was paused there", (await stand.RunAsync("resume", costCenter)).Ended(0).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_ShowsWhatChanged_NewestFirst()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        (await stand.RunAsync("set", costCenter, "--daily", "5", "--reason", "first")).Ended(0);
        (await stand.RunAsync("set", costCenter, "--daily", "7.25", "--reason", "second")).Ended(0);

        var output = (await stand.RunAsync("audit", costCenter, "--action", "budget")).Ended(0).Output;

        Assert.Contains("daily 5 -> 7.25", System.Text.RegularExpressions.Regex.Replace(output, @"\s+", " "), StringComparison.Ordinal);
        Assert.True(output.IndexOf("second", StringComparison.Ordinal) < output.IndexOf("first", StringComparison.Ordinal));
        Assert.Contains("BUDGET_ADMIN_KEY", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_ShowsAChange_BeyondWhereAValueIsCut()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var models = string.Join(',', Enumerable.Range(1, 10).Select(i => $"a-model-with-a-name-{i}"));
        (await stand.RunAsync("set", costCenter, "--allowed-models", models)).Ended(0);
        (await stand.RunAsync("set", costCenter, "--allowed-models", models + ",another", "--reason", "one more")).Ended(0);

        var output = (await stand.RunAsync("audit", costCenter, "-n", "1")).Ended(0).Output;

        Assert.Contains("one more", System.Text.RegularExpressions.Regex.Replace(output, @"\s+", " "), StringComparison.Ordinal);
        Assert.Contains("->", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Move_AndArchive_SayWhatTheyDo()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        (await stand.Priced.Caller.ReportAsync($"mv-{costCenter}", costCenter + "/team", 2)).Is(200);
        string[] order = ["move", costCenter + "/team", costCenter + "/group"];
        Assert.Contains("1 cost centers (0 merged), 1 records", (await stand.RunAsync([.. order, "--dry-run"])).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains($"done: {costCenter}/team is {costCenter}/group, 1 records renamed", (await stand.RunAsync([.. order, "--reason", "a new name"])).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("old name", (await stand.RunAsync("move", costCenter + "/team", costCenter + "/other")).Ended(1).Errors, StringComparison.Ordinal);
        Assert.Contains($"archived: {costCenter}/group", (await stand.RunAsync("archive", costCenter + "/group")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("it was already", (await stand.RunAsync("archive", costCenter + "/group")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains($"unarchived: {costCenter}/group", (await stand.RunAsync("unarchive", costCenter + "/group")).Ended(0).Output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Held(CliRun run) =>
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("left").GetRawText());
}
