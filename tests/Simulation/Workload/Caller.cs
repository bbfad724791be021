using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Plans;

namespace BudgetEngine.Simulation.Workload;

/// <summary>How a call over HTTP ended: with an answer, or without one.</summary>
internal readonly record struct Answer<T>(bool Came, T? Value);

/// <summary>One gateway: checks, uses what it was granted in one way or another, and posts what it cost, again and again until it knows that it is recorded.</summary>
internal sealed class Caller(World world, Records records, int number)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(25);

    private readonly Dice _dice = world.Dice;
    private readonly List<Reserved> _old = [];
    private readonly List<SentRecord> _posted = [];

    public async Task RunAsync(int commands)
    {
        for (var i = 0; i < commands; i++)
        {
            await world.DelayAsync(_dice.Millis(0, 5_000));
            await (_dice.Below(12) switch
            {
                0 => PlainAsync(),
                1 => BatchAsync(),
                2 => CorrectAsync(),
                3 => StrayAsync(),
                _ => UseAsync(),
            });
        }
    }

    private string Node => _dice.OneIn(5) ? _dice.Of(world.Tree.Nodes) : _dice.Of(world.Tree.Leaves);

    /// <summary>Check, and then whatever this caller makes of it.</summary>
    private async Task UseAsync()
    {
        var command = NewCheck();
        if (await CheckOrAskAgainAsync(command) is not { } reserved) return;
        if (command.RequestId is not null && _dice.OneIn(3)) await RepeatAsync(command, reserved);
        if (world.Plan.Vanishing && _dice.OneIn(6)) return;
        _old.Add(reserved);
        if (_dice.OneIn(3)) await ExtendAsync(reserved);
        if (_dice.OneIn(4)) await SettleAsync(reserved, _dice.Between(0, (int)Math.Min(20, reserved.Granted + 2)), final: false);
        await world.DelayAsync(_dice.OneIn(3) ? RacingExpiry(reserved) : _dice.Millis(0, 6_000));
        switch (_dice.Below(8))
        {
            case 0:
                await ReleaseAsync(reserved);
                if (_dice.OneIn(2)) await SettleAsync(reserved, _dice.Between(0, 10), final: true);
                break;
            case 1:
                // Never used: it expires.
                break;
            case 2:
                await SettleAsync(reserved, reserved.Left + _dice.Between(1, 20), final: true);
                break;
            case 3:
                await SettleAsync(reserved, _dice.Between(0, (int)Math.Min(50, reserved.Left)), final: true);
                if (_dice.OneIn(2)) await SettleAsync(reserved, _dice.Between(0, 10), final: true);
                if (_dice.OneIn(3)) await ReleaseAsync(reserved);
                break;
            case 4:
                await SettleAsync(reserved, _dice.Between(0, 20), final: true, elsewhere: _dice.Of(world.Tree.Nodes));
                break;
            default:
                await SettleAsync(reserved, _dice.Between(0, (int)Math.Min(50, reserved.Left)), final: true);
                break;
        }
    }

    private TimeSpan RacingExpiry(Reserved reserved)
    {
        world.Reach(Sometimes.SettleRacingExpiry);
        var at = reserved.Deadline - world.Now + _dice.Millis(-20, 20);
        return at < TimeSpan.Zero || at > TimeSpan.FromMinutes(1) ? _dice.Millis(0, 500) : at;
    }

    private CheckCommand NewCheck()
    {
        CostCenterId.TryParse(Node, out var path, out _);
        var ttl = world.Plan.Lasting && _dice.OneIn(2) ? 600 : _dice.Below(4) switch { 0 => 600, 1 => 1, 2 => 5, _ => _dice.Between(2, 30) };
        var command = new CheckCommand
        {
            CostCenter = path, User = _dice.Of(Tree.Users), RequestId = _dice.OneIn(3) ? $"check{_dice.Below(6)}" : null, Ttl = TimeSpan.FromSeconds(ttl), DryRun = _dice.OneIn(12),
            AnswerWithin = TimeSpan.FromSeconds(2),
        };
        return (world.Plan.Minutes && _dice.OneIn(2) ? 1 : _dice.Below(8)) switch
        {
            0 => command with { Unestimated = true },
            1 => command with { Model = Records.Model, InputTokens = _dice.Between(1, 8), MaxOutputTokens = _dice.Between(0, 6) },
            _ => command with { Amount = new Money(_dice.Between(1, 45)), MinAmount = _dice.OneIn(3) ? new Money(_dice.Between(1, 10)) : null },
        };
    }

    /// <summary>Null: no reservation came of it.</summary>
    public async Task<Reserved?> CheckAsync(CheckCommand command) => (await TryCheckAsync(command)).Value;

    /// <summary>As gateways do where a process dies under their call: they ask until somebody says yes or no.</summary>
    private async Task<Reserved?> CheckOrAskAgainAsync(CheckCommand command)
    {
        var answer = await TryCheckAsync(command);
        for (var i = 0; i < 3 && !answer.Came && command.RequestId is not null; i++)
        {
            if (i > 0) await world.DelayAsync(_dice.Millis(500, 8_000));
            world.Reach(Sometimes.CheckAskedAgain);
            answer = await TryCheckAsync(command);
        }

        return answer.Value;
    }

    /// <summary>Came: it was answered yes or no, and not that nobody can say.</summary>
    private async Task<Answer<Reserved>> TryCheckAsync(CheckCommand command)
    {
        var askedAt = world.Now;
        var wasKnown = world.Books.IsAcknowledged(command.CostCenter.Path);
        var process = world.AnyServing();
        // Of an old name the new one may be asked.
        List<Guid> keys = command.RequestId is { } known && !command.DryRun ? [.. world.Moves.NamesOf(command.CostCenter.Path).Select(n => ReservationId.KeyOf(n, known))] : [Guid.Empty];
        foreach (var key in keys) world.Endings.Ask(key);
        foreach (var key in keys) world.Minutes.Ask(key);
        var answer = await AskAsync(process, p => p.Checks.CheckAsync(Named(p, command), CancellationToken.None));
        foreach (var key in keys) world.Endings.Answer(key, keys.Count == 1 && answer is { Came: true, Value: { Allowed: false, Reason: "budget_exceeded" } });
        world.Log(() => $"caller {number} check {command.CostCenter} {command.User} {command.Amount?.Nanos} {command.RequestId} at {process?.Name}: {(answer.Came ? answer.Value!.Reason ?? $"allow {answer.Value.Granted.Nanos}" : "no answer")}");
        if (!answer.Came) return default;
        var decision = answer.Value!;
        Expect.Decision(world, command, decision, wasKnown);
        if (decision.ReservationId is null) return new Answer<Reserved>(decision.Reason != "ledger_unavailable", null);
        world.Require(world.TryRead(decision.ReservationId, out var id), () => $"{decision.ReservationId} is no reservation id");
        world.Promised.Add((id!.Key, id.Attempt));
        if (id.Owner != command.CostCenter.Path) world.Reach(Sometimes.CheckUnderAnOldName);
        world.Minutes.Announce(id.Key, (command.InputTokens ?? 0) + (command.MaxOutputTokens ?? 0));
        var reserved = new Reserved(id, decision.ReservationId, decision.Granted.Nanos, command.Ttl, decision.OverLimit, askedAt);
        // Ids are shared, and two checks without an amount may have the same content: then two callers have one reservation, and neither knows what the other does.
        if (!world.Holders.TryAdd(id, reserved)) reserved.IsUncertain = world.Holders[id].IsUncertain = true;
        return new Answer<Reserved>(true, reserved);
    }

    /// <summary>As the endpoints do.</summary>
    private static CheckCommand Named(EngineProcess process, CheckCommand command) => command with { CostCenter = process.Checks.NameNow(command.CostCenter) };

    private async Task RepeatAsync(CheckCommand command, Reserved reserved)
    {
        var other = command with { Amount = new Money(command.Amount is { } amount ? amount.Nanos + 1 : 3), Unestimated = false };
        var conflicts = _dice.OneIn(2);
        world.Endings.Ask(reserved.Id.Key);
        var answer = await AskAsync(world.AnyServing(), p => p.Checks.CheckAsync(Named(p, conflicts ? other : command), CancellationToken.None));
        world.Endings.Answer(reserved.Id.Key, denied: false);
        if (!answer.Came) return;
        Expect.Repeat(world, reserved, answer.Value!, conflicts);
        if (world.TryRead(answer.Value!.ReservationId, out var id)) world.Promised.Add((id.Key, id.Attempt));
        // Where the first was forgotten this is a reservation of its own; nobody uses it.
    }

    private async Task ExtendAsync(Reserved reserved)
    {
        var ttl = _dice.OneIn(2) ? TimeSpan.FromSeconds(_dice.Between(1, 40)) : (TimeSpan?)null;
        var amount = ttl is null || _dice.OneIn(2) ? new Money(reserved.Granted + _dice.Between(0, 20)) : (Money?)null;
        var askedAt = world.Now;
        var answer = await AskAsync(world.AnyServing(), p => p.Checks.ExtendAsync(reserved.Id, ttl, amount, new Subtree(null), CancellationToken.None));
        world.Log(() => $"caller {number} extend {reserved.Id.Key} {ttl} {amount?.Nanos}: {(answer.Came ? $"{answer.Value!.Status} {answer.Value.Decision?.Reason}" : "no answer")}");
        Expect.Extended(world, reserved, answer, ttl, amount, askedAt);
    }

    private async Task ReleaseAsync(Reserved reserved)
    {
        world.ReleaseAsked.Add((reserved.Id.Key, reserved.Id.Attempt));
        var answer = await AskAsync(world.AnyServing(), p => p.Checks.ReleaseAsync(reserved.Id, CancellationToken.None));
        world.Log(() => $"caller {number} release {reserved.Id.Key}: {(answer.Came ? $"{answer.Value!.Status} {answer.Value.State}" : "no answer")}");
        Expect.Released(world, reserved, answer);
    }

    private Task SettleAsync(Reserved reserved, long cost, bool final, string? elsewhere = null)
    {
        var record = records.Settle(reserved, records.NewId(), cost, final, elsewhere);
        return PostAsync([record], (result, repeated) => Expect.Settled(world, reserved, record, result, repeated));
    }

    private Task PlainAsync()
    {
        var poison = world.Plan.Poison && _dice.OneIn(4);
        return PostAsync([records.Plain(Node, records.NewId(poison ? "poison" : "r"), _dice.Of(Tree.Users))], null);
    }

    /// <summary>Some new, some known, some under a known id with other content, an id twice.</summary>
    private async Task BatchAsync()
    {
        var batch = new List<SentRecord>();
        var known = 0;
        for (var i = _dice.Between(2, 7); i > 0; i--)
        {
            var old = _posted.Count > 0 ? _dice.Of(_posted) : null;
            switch (_dice.Below(6))
            {
                case 0 when old is not null:
                    batch.Add(old);
                    known++;
                    break;
                case 1 when old is not null:
                    batch.Add(records.Plain(Node, old.Input.RequestId!, "bob"));
                    break;
                case 2 when batch.Count > 0:
                    batch.Add(_dice.Of(batch));
                    break;
                case 3 when _old.Count > 0:
                    batch.Add(records.Settle(_dice.Of(_old), records.NewId(), _dice.Between(0, 15), final: _dice.OneIn(2)));
                    _old.ForEach(r => r.IsUncertain = true);
                    break;
                default:
                    batch.Add(records.Plain(Node, records.NewId(world.Plan.Poison && _dice.OneIn(8) ? "poison" : "r"), _dice.Of(Tree.Users)));
                    break;
            }
        }

        if (known > 0 && known < batch.Count) world.Reach(Sometimes.BatchPartlyDuplicate);
        await PostAsync(batch, null);
    }

    private async Task CorrectAsync()
    {
        if (_posted.Count == 0) return;
        var original = _dice.Of(_posted);
        var id = records.NewId("c");
        var amount = _dice.Between(-(int)Math.Min(50, original.Cost) - 1, 5);
        if (amount == 0 || !world.Books.Rows.TryGetValue(original.Input.RequestId!, out var row)) return;
        var record = new SentRecord(new UsageInput { RequestId = id }, amount, row.CostCenter, row.User, row.BookedDate, original.Input.RequestId);
        world.Books.Send(record);
        for (var i = 0; i < 4; i++)
        {
            var answer = await AskAsync(
                world.AnyServing(), p => p.Usage.CorrectAsync(id, original.Input.RequestId!, new Money(amount), null, new Subtree(null), CancellationToken.None, row.CostCenter));
            if (!answer.Came) continue;
            world.Books.Acknowledged(record, answer.Value!);
            if (answer.Value!.Kind != UsageResultKind.Rejected) world.Reach(Sometimes.CorrectionRecorded);
            if (!answer.Value.Retryable) return;
        }
    }

    /// <summary>A settle of an id that is well formed and nobody's, or of one that ended long ago.</summary>
    private async Task StrayAsync()
    {
        if (_old.Count > 0 && _dice.OneIn(2))
        {
            var old = _dice.Of(_old);
            old.IsUncertain = true;
            await SettleAsync(old, _dice.Between(0, 12), final: _dice.OneIn(2));
            return;
        }

        var id = new ReservationId(Node, "ann", DateOnly.FromDateTime(world.Now.UtcDateTime), new Stamp(1), new Guid(number, 2, 0, BitConverter.GetBytes((long)_dice.Below(1_000_000))));
        await SettleAsync(new Reserved(id, world.TextOf(id), 0, TimeSpan.Zero, false, world.Now) { IsUncertain = true }, _dice.Between(0, 12), final: true);
    }

    /// <summary>Again and again until it is known to be recorded.</summary>
    public async Task PostAsync(List<SentRecord> batch, Action<UsageResult?, bool>? heard)
    {
        foreach (var record in batch) world.Books.Send(record);
        var tries = world.Plan.Vanishing && _dice.OneIn(8) ? 1 : 6;
        for (var i = 1; ; i++)
        {
            var process = world.AnyServing();
            var before = world.Watch.NotifyTimeouts;
            var answer = await AskAsync(process, p => p.Usage.PostAsync([.. batch.Select(r => r.Input)], new Subtree(null), batch.Count > 2, CancellationToken.None));
            if (answer.Came)
            {
                for (var k = 0; k < batch.Count; k++) Acknowledged(batch[k], answer.Value![k]);
                world.Watch.CheckReadYourWrites(batch, answer.Value!, before);
                if (!answer.Value!.Any(r => r.Retryable))
                {
                    _posted.AddRange(batch.Where((_, k) => answer.Value![k].Kind != UsageResultKind.Rejected));
                    heard?.Invoke(answer.Value![0], i > 1);
                    return;
                }
            }

            if (i >= tries) break;
            await world.DelayAsync(_dice.Millis(50, 2_000));
        }

        heard?.Invoke(null, true);
    }

    private void Acknowledged(SentRecord record, UsageResult result)
    {
        world.Books.Acknowledged(record, result);
        if (result.Kind == UsageResultKind.Rejected || record.Input.Final == false) return;
        if (world.TryRead(record.Input.ReservationId, out var reservation)) world.Endings.Settle(reservation);
    }

    /// <summary>A request to a process, over a connection that may break.</summary>
    public async Task<Answer<T>> AskAsync<T>(EngineProcess? process, Func<EngineProcess, Task<T>> call)
    {
        if (process is null)
        {
            await world.DelayAsync(TimeSpan.FromSeconds(1));
            return default;
        }

        try
        {
            return new Answer<T>(true, await process.RunAsync(() => call(process)).WaitAsync(_patience, world.Scheduler.Time));
        }
        catch (TimeoutException)
        {
            world.Require(world.Faults is not null || !process.IsServing, () => $"progress: {process.Name} has not answered within {_patience}, and nothing is broken");
            return default;
        }
        catch (LedgerUnavailableException)
        {
            return default;
        }
    }
}
