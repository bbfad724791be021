using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>What the commands met, so that a run that never gets anywhere does not pass for a good one.</summary>
internal sealed class ModelShares
{
    private int _refused;
    private int _paused;
    private int _stale;
    private int _partial;
    private int _over;
    private int _lapse;

    public int Asks { get; private set; }

    public int Granted { get; private set; }

    public int Ends { get; set; }

    public double GrantedShare => (double)Granted / Asks;

    public double RefusedShare => (double)_refused / Asks;

    public void Count(in Ask ask, in Verdict verdict, NaiveVerdict expected)
    {
        Asks++;
        if (verdict.Kind == VerdictKind.Stale) _stale++;
        if (verdict.Kind == VerdictKind.Refused) _refused++;
        if (verdict.Reason == DenialReason.Paused) _paused++;
        if (verdict.OverLimit) _over++;
        if (expected.LapseAfter is not null) _lapse++;
        if (verdict.Kind != VerdictKind.Granted) return;
        Granted++;
        if (verdict.Granted < ask.Amount) _partial++;
    }

    public override string ToString() =>
        $"{Asks:n0} asks: granted {GrantedShare:p1} ({_partial:n0} in part, {_over:n0} over the limit), refused {RefusedShare:p1} ({_paused:n0} paused, {_lapse:n0} until a hold lapses), "
        + $"{_stale:n0} stale; {Ends:n0} ends";
}
