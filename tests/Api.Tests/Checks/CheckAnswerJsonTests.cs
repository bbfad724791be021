using System.Buffers;
using System.Text;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Tests.Checks;

/// <summary>The answer of a check is written by hand; it must be what the record that describes it says, to the byte.</summary>
public class CheckAnswerJsonTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 12, 10, 0, 123, TimeSpan.Zero);

    private static readonly WindowView Window = new("a/b", "u-1", Period.Weekly, new Money(300_000_000_000), new Money(12_500_000_001), new Money(7), "warning", At, false);

    private static readonly CheckAnswer Allowed = new(null, "rsv_1", new Money(8_800_000), new Money(8_800_000), At, true, true, 12, null, null, Window, [Window]);

    private static readonly CheckAnswer[] Answers =
    [
        Allowed,
        Allowed with { ReservationId = null, ExpiresAt = null, Tightest = Window with { User = null, Limit = Money.Zero, ResetsAt = null }, Budgets = [] },
        CheckAnswers.Denied(DenialReason.LedgerUnavailable, Resolution.Nano),
        new(
            Breaker.BudgetExceeded, null, new Money(1), Money.Zero, null, false, false, null, 60, Window with { Hidden = true, Reservations = 3, NextLapse = At }, Window,
            [Window, Window with { Period = Period.Total }], new Breaker(Breaker.BudgetExceeded, "a", null, Period.Monthly, null, At)),
        new(Breaker.BudgetExceeded, null, new Money(1), Money.Zero, null, false, false, null, 60, Window with { Reservations = 3, NextLapse = At }, Window, []) { Detail = "It is held." },
        new("rate_limited", null, new Money(1), Money.Zero, null, false, false, null, 12, RateOf(MinuteMeter.Requests), Window, []),
        new("rate_limited", null, new Money(1), Money.Zero, null, false, false, null, null, RateOf(MinuteMeter.Tokens) with { Hidden = true }, null, []),
    ];

    private static WindowView RateOf(MinuteMeter meter) => new("a/b", "u-1", Period.Total, new Money(100), Money.Zero, new Money(101), "ok", null, false, meter);

    [Fact]
    public void Answer_ByHand_IsWhatItsRecordSays()
    {
        foreach (var answer in Answers)
        {
            foreach (var explain in (bool[])[false, true])
            {
                var (byHand, generated) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
                CheckAnswerJson.Write(byHand, Resolution.Nano, answer, explain);
                JsonAnswer.Write(generated, Resolution.Nano, CheckResponse.Of(answer, explain));
                Assert.Equal(Encoding.UTF8.GetString(generated.WrittenSpan), Encoding.UTF8.GetString(byHand.WrittenSpan));
            }
        }
    }
}
