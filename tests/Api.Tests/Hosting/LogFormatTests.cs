using System.Text.Json.Nodes;
using BudgetEngine.Silo.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Api.Tests.Hosting;

/// <summary>A line of the log, as text and as JSON: when, how bad, what happened, to whom; stacks and repeats only as far as somebody wants them.</summary>
public sealed class LogFormatTests
{
    private static readonly DateTimeOffset _at = new(2026, 11, 28, 10, 32, 0, 123, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(_at);

    [Fact]
    public void Text_OfALine_HasTimeLevelCategoryAndEvent() => Assert.Equal(
        "2026-11-28T10:32:00.123Z info: Alerts[1047] Alert budget.denied of acme/x, user u-17: It is held.\n", Write(new TextLines(_clock, Configuration())));

    [Fact]
    public void Json_OfALine_HasItsValuesAsMembers()
    {
        var line = JsonNode.Parse(Write(new JsonLines(_clock, Configuration())))!;

        Assert.Equal(
            ("2026-11-28T10:32:00.123Z", "information", 1047, "Alerts", "acme/x", "u-17", "budget.denied"),
            ((string)line["time"]!, (string)line["level"]!, (int)line["event_id"]!, (string)line["category"]!, (string)line["cost_center"]!, (string)line["user"]!, (string)line["type"]!));
        Assert.Equal("Alert budget.denied of acme/x, user u-17: It is held.", (string?)line["message"]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("Information", false)]
    [InlineData("Debug", true)]
    public void Stack_OfAFault_IsWrittenAtDebugAlone(string? level, bool written)
    {
        var text = Write(new TextLines(_clock, Configuration(level)), Thrown());
        Assert.Contains("InvalidOperationException: outer <- TimeoutException: inner", text, StringComparison.Ordinal);
        Assert.Equal(written, text.Contains(nameof(Thrown), StringComparison.Ordinal));
        Assert.Equal(1, text.Count(c => c == '\n'));
        var fault = JsonNode.Parse(Write(new JsonLines(_clock, Configuration(level)), Thrown()))!["exception"]!;
        Assert.Equal(written, fault["stack"] is not null);
        Assert.Equal("System.InvalidOperationException", (string?)fault["type"]);
    }

    [Fact]
    public void Fault_ThatRepeats_IsWrittenOnceAMinute_WithTheNumberLeftOut()
    {
        var lines = new TextLines(_clock, Configuration());
        Assert.NotEqual("", Write(lines, Thrown()));
        for (var i = 0; i < 7; i++) Assert.Equal("", Write(lines, Thrown()));
        // Another kind, and what is no fault at all, are not left out.
        Assert.NotEqual("", Write(lines, new TimeoutException()));
        Assert.NotEqual("", Write(lines));
        Assert.NotEqual("", Write(lines));

        _clock.Advance(TimeSpan.FromSeconds(61));

        Assert.Contains("(7 more of this kind were left out since the last)", Write(lines, Thrown()), StringComparison.Ordinal);
    }

    private static string Write(ConsoleFormatter formatter, Exception? fault = null)
    {
        using var output = new StringWriter { NewLine = "\n" };
        KeyValuePair<string, object?>[] state = [new("Type", "budget.denied"), new("CostCenter", "acme/x"), new("User", "u-17"), new("{OriginalFormat}", "...")];
        formatter.Write(
            new LogEntry<KeyValuePair<string, object?>[]>(
                fault is null ? LogLevel.Information : LogLevel.Error, "Alerts", new EventId(1047), state, fault, (_, _) => "Alert budget.denied of acme/x, user u-17: It is held."),
            null, output);
        return output.ToString();
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("outer", new TimeoutException("inner"));
        }
        catch (InvalidOperationException thrown)
        {
            return thrown;
        }
    }

    private static IConfiguration Configuration(string? level = null) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = level }).Build();
}
