using BudgetEngine.Domain.Amounts;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>The server's clock was set back after a check: what the reservation cost is booked all the same.</summary>
[Collection(nameof(KeyedHost))]
public sealed class ClockStepTests(KeyedHost host)
{
    private static readonly DateTimeOffset _now = new(2026, 3, 4, 23, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly _today = new(2026, 3, 4);

    [Theory]
    [InlineData(1, 0, null)]
    [InlineData(1, 25, null)]
    [InlineData(0, 24, null)]
    [InlineData(0, 26, "timestamp_in_future")]
    [InlineData(-40, 0, null)]
    [InlineData(-100, 0, "timestamp_too_old")]
    public void Settle_WithTheDateOfItsReservation_IsBookedThere(int days, int hoursAhead, string? refusal)
    {
        var id = new ReservationId("acme/x", "ann", _today.AddDays(days), Stamp.First(1).Next(), Guid.Empty);

        var prepared = Prepare(new UsageInput { RequestId = "r", ReservationId = Keys.Write(id, _now), Cost = 1, Timestamp = _now.AddHours(hoursAhead) });

        Assert.Equal(refusal, prepared.Rejection?.Code);
        if (refusal is null) Assert.Equal(id.Date, prepared.Message!.Row.BookedDate);
    }

    [Fact]
    public void Record_WithoutAReservation_MayNotBeAhead()
    {
        Assert.Null(Prepare(new UsageInput { RequestId = "r", CostCenter = "acme/x", Cost = 1, Timestamp = _now.AddMinutes(5) }).Rejection);
        Assert.Equal("timestamp_in_future", Prepare(new UsageInput { RequestId = "r", CostCenter = "acme/x", Cost = 1, Timestamp = _now.AddMinutes(6) }).Rejection!.Code);
    }

    private ReservationSigningKeys Keys => host.Api.Services.GetRequiredService<Catalog>().Current.SigningKeys;

    private PreparedRecord Prepare(UsageInput input) => UsageRules.Prepare(
        input, new UsageContext(host.Api.Services.GetRequiredService<Catalog>().Current, host.Api.Services.GetRequiredService<Tenants>(), new Subtree(null), new UsageOptions(), PlausiblePrices.Default, Resolution.Nano,
            _now));
}
