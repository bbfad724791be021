using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Windows;

public sealed class ZoneNamesTests
{
    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/UTC")]
    [InlineData("Etc/GMT+5")]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Calcutta")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("America/Port-au-Prince")]
    public void Name_OfTheIanaDatabase_IsKnown(string id) => Assert.True(TenantCalendar.IsKnownZone(id));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Mars/Olympus")]
    [InlineData("Europe")]
    [InlineData("Europe/")]
    [InlineData("/Europe/Berlin")]
    [InlineData("Eastern Standard Time")]
    [InlineData("UTC-11")]
    [InlineData("UTC+12")]
    [InlineData("europe/berlin")]
    [InlineData("EUROPE/BERLIN")]
    [InlineData("Utc")]
    [InlineData("+02:00")]
    [InlineData("posix/Europe/Berlin")]
    [InlineData("right/Europe/Berlin")]
    [InlineData("posixrules")]
    [InlineData("localtime")]
    [InlineData("Factory")]
    [InlineData("Europe/../Europe/Berlin")]
    [InlineData("Europe/Berlin\n")]
    [InlineData("Europe/Berlin\0")]
    public void Name_OfAnythingElse_IsNotKnown(string? id) => Assert.False(TenantCalendar.IsKnownZone(id));

    [Fact]
    public void Name_InAnotherSpelling_IsNotKnownEvenAfterTheZoneWasLoaded()
    {
        Assert.True(TenantCalendar.IsKnownZone("Asia/Tokyo"));
        Assert.False(TenantCalendar.IsKnownZone("asia/tokyo"));
    }

    [Fact]
    public void Name_OfUnreasonableLength_IsNotKnown() => Assert.False(TenantCalendar.IsKnownZone("E" + new string('a', 100_000)));
}
