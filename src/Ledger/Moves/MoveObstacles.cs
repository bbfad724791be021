using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Ledger.Moves;

/// <summary>What a ledger has that may stand in the way of a move.</summary>
/// <param name="Paths">Cost centers at or below the old name, by path; one more than a move takes is enough.</param>
/// <param name="Open">Moves that have not ended.</param>
/// <param name="Rated">Where jobs rate usage again; null: everywhere.</param>
/// <param name="Existing">Of <see cref="NamesLeftBehind"/>, those that are cost centers.</param>
/// <param name="Archived">Of <see cref="PathsOf"/>, those that are archived or old names, by path.</param>
internal sealed record MoveObstacles(IReadOnlyList<string> Paths, IReadOnlyList<CostCenterMove> Open, IReadOnlyList<string?> Rated, IReadOnlyList<CostCenterAlias> Aliases, IReadOnlyList<string> Existing, IReadOnlyList<string> Archived)
{
    /// <summary>Rows that would go at once; one more than a move takes is enough.</summary>
    public long Deciding { get; init; }

    /// <summary>The cost centers of both places and all above them.</summary>
    public static string[] PathsOf(CostCenterMove move) => [.. CostCenterId.SelfAndAncestors(move.From).Concat(CostCenterId.SelfAndAncestors(move.To)).Distinct()];

    /// <summary>New names of what parts have left of their history when they moved on, but where such a part itself is there.</summary>
    public static string[] NamesLeftBehind(CostCenterMove move, IReadOnlyList<CostCenterAlias> aliases) =>
        [.. aliases.Where(a => a.KeepsHistory && a.From != move.From && move.Moves(a.From)).Where(a => move.NewNameOf(a.From) != move.NewNameOf(a.To)).Select(a => move.NewNameOf(a.From))];

    /// <summary>Why it cannot be; null: it can.</summary>
    /// <param name="claim">Of a move that is being ordered; null: it has its place already.</param>
    public MoveRefusal? Refusal(CostCenterMove move, ShareClaim? claim)
    {
        if (Obstacle(move) is { } why) return new MoveRefusal(why);
        if (claim is not { } share || share.Shares.HasRoom(share.Within, OldNamesBeside(move))) return null;
        return new MoveRefusal(
            $"as many old names as there may be lead on from earlier moves, each for {ILedgerMoves.AliasFor.Days} days: wait until one of them ends, move a cost center with all below it instead of its parts, or move with a key of a larger subtree",
            IsShare: true);
    }

    /// <summary>The old names that there are once all open moves are done, beside the one that this move leaves. What is moved back where it was takes that old name away.</summary>
    private string[] OldNamesBeside(CostCenterMove move) =>
        [.. Aliases.Where(a => a.From != move.To).Select(a => a.From), .. Open.Select(o => o.From), .. NamesLeftBehind(move, Aliases)];

    private string? Obstacle(CostCenterMove move)
    {
        if (Paths.Count == 0) return $"there is no cost center '{move.From}'";
        if (move.Fault(Paths.Max(CostCenterId.DepthOf)) is { } fault) return fault;
        if (Paths.Count > ILedgerMoves.MaxCostCenters) return $"one move takes at most {ILedgerMoves.MaxCostCenters} cost centers: move its parts one by one";
        foreach (var other in Open)
        {
            // Moves of one tenant go one after the other: they have ancestors in common.
            if (CostCenterId.TenantOf(other.From) == CostCenterId.TenantOf(move.From)) return $"'{other.From}' is being moved to '{other.To}': wait until that has ended";
        }

        if (Deciding > ILedgerMoves.MaxDeciding) return $"one move takes at most {ILedgerMoves.MaxDeciding} balances, budgets and the like at once: move its parts one by one, or leave its history";
        foreach (var rated in Rated)
        {
            if (rated is null || move.Touches(rated)) return $"a job rates usage {(rated is null ? "of all cost centers" : $"of '{rated}'")} again, and goes by their names: wait until that has ended";
        }

        return Closed(move);
    }

    /// <summary>What would get this name; null: nothing. Of a part that was moved away before only the name is still there.</summary>
    private string? TakenBy(CostCenterMove move, string name)
    {
        if (!CostCenterId.IsWithin(name, move.To)) return null;
        var taken = new CostCenterMove(move.To, move.From).NewNameOf(name);
        return Paths.Contains(taken) && !Aliases.Any(a => !a.KeepsHistory && a.From != move.From && a.Move.Moves(taken)) ? taken : null;
    }

    /// <summary>An old name, or one that is archived, is no place; but what was moved may go back where it came from.</summary>
    private string? Closed(CostCenterMove move)
    {
        foreach (var alias in Aliases)
        {
            if (alias.Move.Moves(move.From)) return $"'{alias.From}' is an old name of '{alias.To}': move that";
            if (alias.Move.Moves(move.To) && alias.From != move.To) return $"'{alias.From}' is an old name of '{alias.To}', and nothing can be put below it";
            if (TakenBy(move, alias.From) is { } taken && alias.To != taken) return $"'{alias.From}' is an old name of '{alias.To}', and nothing else can be put there: a late repeat under that name would count once more";
        }

        if (Existing.Count > 0) return $"a part of '{move.From}' has left its history there and moved on, and '{Existing[0]}' is another cost center: move that one away first";
        var archived = Archived.FirstOrDefault(p => p != move.To || !Aliases.Any(a => a.From == move.To));
        return archived is null ? null : $"'{archived}' is archived: unarchive it first";
    }
}
