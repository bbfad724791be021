using BudgetEngine.Api.Http;

namespace BudgetEngine.Api.Tests.Http;

public class TimeTextTests
{
    [Theory]
    [InlineData("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.0000000+00:00")]
    [InlineData("2026-11-21t10:00:00z", "2026-11-21T10:00:00.0000000+00:00")]
    [InlineData("2026-11-21T10:00:00.5+07:00", "2026-11-21T03:00:00.5000000+00:00")]
    [InlineData("2026-11-21T10:00:00.123456789-00:30", "2026-11-21T10:30:00.1234567+00:00")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.0000000+00:00")]
    public void TryParse_WithAZone_IsTheInstant(string text, string expected)
    {
        Assert.True(TimeText.TryParse(text, out var time));
        Assert.Equal(expected, time.ToString("O"));
    }

    [Theory]
    [InlineData("2026-11-21T10:00:00")]
    [InlineData("2026-11-21")]
    [InlineData("2026-11-21T10:00Z")]
    [InlineData("2026-02-29T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-11-21T24:00:00Z")]
    [InlineData("2026-11-21T10:00:60Z")]
    [InlineData("2026-11-21T10:00:00.Z")]
    [InlineData("2026-11-21T10:00:00+0700")]
    [InlineData("2026-11-21T10:00:00+24:00")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("21.11.2026 10:00:00 UTC")]
    [InlineData("")]
    public void TryParse_WithoutAnInstant_IsRefused(string text) => Assert.False(TimeText.TryParse(text, out _));
}
