using System.Text;
using BudgetEngine.Alerts.Payloads;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Alerts.Tests.Text;

/// <summary>Cutting, cleaning, instants, and keys of incidents.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "ab…")]
    [InlineData("a𝔘𝔘", 3, "a…")]
    [InlineData("a𝔘", 3, "a𝔘")]
    [InlineData("𝔘𝔘", 3, "𝔘…")]
    [InlineData("", 3, "")]
    [InlineData("𝔘𝔘", 1, "…")]
    public void Plain_AtTheLimit_NeverSplitsAPair(string text, int limit, string cut) => Assert.Equal(cut, Cut.Plain(text, limit));

    [Fact]
    public void Escaped_AtEveryLimit_NeverSplitsAnEscape()
    {
        const string text = "a<b>&𝔘<<>>&&c";
        for (var limit = 1; limit < 60; limit++)
        {
            var cut = Cut.Escaped(text, limit, r => r.Value switch { '<' => "&lt;", '>' => "&gt;", '&' => "&amp;", _ => null });
            Assert.InRange(cut.Length, 1, limit);
            Assert.DoesNotMatch("&(?!amp;|lt;|gt;)|[<>]", cut);
            Assert.Equal(cut, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)));
            Assert.StartsWith(System.Net.WebUtility.HtmlDecode(cut.TrimEnd('…')), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Lines_AtEveryLimit_CountWhatTheyLeaveOut()
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(i => $"line {i}")];
        for (var limit = 12; limit < 400; limit++)
        {
            var text = Cut.Lines(lines, limit);
            Assert.InRange(text.Length, 0, limit);
            var shown = text.Split('\n');
            if (shown[^1].StartsWith("and ", StringComparison.Ordinal)) Assert.Equal($"and {40 - (shown.Length - 1)} more", shown[^1]);
            else Assert.Equal(40, shown.Length);
        }
    }

    [Theory]
    [InlineData(" a\r\nb\tc\u2028d ", "a  b c d")]
    [InlineData("a\u0000\u001b\u007f\u009fb", "ab")]
    [InlineData("x\u202Egnp.exe\u202C\u2066\u2069\u200E\u200F\u061C\uFEFFy", "xgnp.exey")]
    [InlineData("👩‍👩‍👧 مرحبا", "👩‍👩‍👧 مرحبا")]
    [InlineData(null, "")]
    public void Clean_OfValuesFromOutside_IsOneHarmlessLine(string? value, string clean) => Assert.Equal(clean, OutsideText.Clean(value));

    [Fact]
    public void Clean_OfHalfAPair_HasNoHalfPairs() => Assert.Equal("\uFFFDx\uFFFD", OutsideText.Clean("\uD800x\uDC00"));

    [Theory]
    [InlineData("@here u@example.com @", "@\u200Bhere u@example.com @\u200B")]
    [InlineData("https://evil.example", "https:\u200B//evil.example")]
    public void Tame_OfMentionsAndLinks_BreaksThem(string text, string tame) => Assert.Equal(tame, OutsideText.Tame(text));

    [Theory]
    [InlineData("UTC", "2026-11-30T17:00:00Z", "30 Nov 2026 17:00 UTC")]
    [InlineData("Asia/Ho_Chi_Minh", "2026-11-30T17:00:00Z", "1 Dec 2026 00:00 Asia/Ho_Chi_Minh (UTC+07:00)")]
    [InlineData("Europe/Berlin", "2026-10-25T00:30:00Z", "25 Oct 2026 02:30 Europe/Berlin (UTC+02:00)")]
    [InlineData("Europe/Berlin", "2026-10-25T01:30:00Z", "25 Oct 2026 02:30 Europe/Berlin (UTC+01:00)")]
    [InlineData("America/St_Johns", "2026-01-01T00:00:00Z", "31 Dec 2025 20:30 America/St_Johns (UTC-03:30)")]
    [InlineData("Asia/Kathmandu", "2026-01-01T00:00:00Z", "1 Jan 2026 05:45 Asia/Kathmandu (UTC+05:45)")]
    [InlineData("No/Such", "2026-01-01T00:00:00Z", "1 Jan 2026 00:00 UTC")]
    public void Instant_InAZone_NamesItAndItsOffset(string zone, string instant, string text) => Assert.Equal(text, new InstantWords(zone).Format(DateTimeOffset.Parse(instant, null)));

    [Theory]
    [InlineData(0.8, "warning", "warning")]
    [InlineData(0.5, "critical", "error")]
    [InlineData(0.5, "emergency", "critical")]
    [InlineData(0.5, "exceeded", "critical")]
    [InlineData(0.89, "finance", "warning")]
    [InlineData(0.9, "finance", "error")]
    [InlineData(1.0, "finance", "critical")]
    [InlineData(1.2, null, "critical")]
    public void Severity_OfAThreshold_IsByItsLevelElseByItsHeight(double at, string? level, string severity) =>
        Assert.Equal(severity, PagerDutyPayload.SeverityOf(Severities.Of(TestAlerts.Threshold((decimal)at, level))));

    [Fact]
    public void Severity_OfEverythingElse_IsInfoOrWarning() =>
        Assert.All(AlertTypes.All.Where(t => t != AlertType.ThresholdReached), t => Assert.Contains(PagerDutyPayload.SeverityOf(Severities.Of(TestAlerts.Of(t))), (string[])["info", "warning"]));

    [Fact]
    public void DedupKey_IsOnePerCostCenterUserAndWindow()
    {
        var alert = TestAlerts.Threshold();
        var longUser = new string('ü', 128);
        var path = string.Join('/', Enumerable.Repeat(new string('a', 64), 8));
        string[] keys =
        [
            .. new[]
            {
                alert, alert with { User = "u-17" }, alert with { User = "u/17?user=x" }, alert with { CostCenter = "acme" }, alert with { Period = Period.Daily }, alert with { Window = new DateOnly(2026, 12, 1) },
                alert with { Period = Period.Total, Window = DateOnly.MinValue }, alert with { User = longUser }, alert with { User = longUser + "x" }, alert with { CostCenter = path },
                alert with { CostCenter = path, User = "x" }, TestAlerts.Of(AlertType.Spike), TestAlerts.Of(AlertType.Paused), TestAlerts.Of(AlertType.ChannelTest), TestAlerts.Of(AlertType.ChannelDead),
            }.Select(PagerDutyPayload.DedupKey),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, k => Assert.InRange(k.Length, 1, 255));
        Assert.Equal("budget/acme/search/monthly/2026-11-01?user=u-17", keys[1]);
        // What resolves has the key of what it resolves, whichever threshold told of it.
        Assert.Equal(keys[0], PagerDutyPayload.DedupKey(TestAlerts.Threshold(1, "exceeded") with { Id = "other" }));
        Assert.Equal(PagerDutyPayload.DedupKey(TestAlerts.Of(AlertType.Paused)), PagerDutyPayload.DedupKey(TestAlerts.Of(AlertType.Resumed) with { Window = new DateOnly(2026, 12, 24) }));
    }

    [Theory]
    [InlineData("https://budget.example.com", "https://budget.example.com/?cost_center=acme%2Fsearch")]
    [InlineData("https://budget.example.com/ui?tab=1#top", "https://budget.example.com/ui?tab=1&cost_center=acme%2Fsearch#top")]
    [InlineData(null, null)]
    public void Link_ToTheDashboard_OpensTheCostCenter(string? dashboard, string? link) => Assert.Equal(link, TestSender.Texts(dashboard).LinkTo("acme/search"));

    [Fact]
    public void Facts_HaveTheNumbersThatPeopleNeed()
    {
        var facts = TestSender.Texts().Of(TestAlerts.Message(TestAlerts.Threshold() with { User = "u-17" })).Facts;
        Assert.Equal(["Cost center", "User", "Spent", "Period", "Threshold", "Level", "Forecast", "Resets"], facts.Select(f => f.Name));
    }
}
