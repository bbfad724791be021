using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Simulation.Store;

/// <summary>Evaluations, deliveries, channels, states of grains.</summary>
internal sealed partial class SimulatedLedger
{
    private AlertTables Alerting => database.Alerting;

    public Task<T> RunAsync<T>(Func<IEvaluationTransaction, Task<T>> evaluate, CancellationToken cancellationToken) => SimulatedEvaluation.RunAsync(database, evaluate);

    public async Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            return [.. Alerting.Deliveries.Values.Where(d => d.State == DeliveryState.Pending && d.NextAt <= now).Select(d => d.Channel).Distinct(StringComparer.Ordinal).Take(limit)];
        }
    }

    public async Task<DueDeliveries> ReadDueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            var pending = Alerting.Deliveries.Where(d => d.Key.Channel == channel && d.Value.State == DeliveryState.Pending).ToList();
            var due = pending.Where(d => d.Value.NextAt <= now).Select(d => (Stored: Alerting.AlertsById[d.Key.AlertId], Delivery: d.Value))
                .OrderBy(d => d.Delivery.FirstAt).ThenBy(d => d.Stored.Entry).Take(limit)
                .Select(d => new PendingDelivery(d.Stored.Alert, d.Delivery.Resolves, d.Delivery.Attempts, d.Delivery.FirstAt, d.Delivery.NextAt));
            var later = pending.Where(d => d.Value.NextAt > now).Select(d => (DateTimeOffset?)d.Value.NextAt).Order().FirstOrDefault();
            return new DueDeliveries([.. due], later);
        }
    }

    public Task WriteAttemptsAsync(string channel, IReadOnlyList<DeliveryUpdate> updates, CancellationToken cancellationToken) =>
        SimulatedEvaluation.RunAsync(database, async t =>
        {
            foreach (var update in updates)
            {
                var key = new DeliveryKey(update.AlertId, channel, update.Resolves);
                await t.LockAsync(new DeliveryLock(key));
                t.Then(() =>
                {
                    if (!Alerting.Deliveries.TryGetValue(key, out var known) || known.State != DeliveryState.Pending) return;
                    Alerting.Deliveries[key] = known with
                    {
                        State = update.State, Attempts = known.Attempts + (update.Attempted ? 1 : 0), NextAt = Stored.Of(update.NextAt), LastError = update.Error ?? known.LastError,
                        EndedAt = update.State == DeliveryState.Pending ? null : Stored.Of(update.At),
                    };
                });
            }

            return true;
        });

    public Task HurryAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        SimulatedEvaluation.RunAsync(database, async t =>
        {
            List<DeliveryKey> waiting;
            lock (database.Gate) waiting = [.. Alerting.Deliveries.Where(d => d.Key.Channel == channel && Waits(d.Value)).Select(d => d.Key)];
            foreach (var key in waiting)
            {
                await t.LockAsync(new DeliveryLock(key));
                t.Then(() =>
                {
                    if (Alerting.Deliveries.TryGetValue(key, out var known) && Waits(known)) Alerting.Deliveries[key] = known with { NextAt = Stored.Of(now) };
                });
            }

            return true;

            bool Waits(StoredDelivery delivery) => delivery is { State: DeliveryState.Pending, Attempts: > 0 } && delivery.NextAt > now;
        });

    public async Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return [.. Alerting.Channels.Values];
    }

    public async Task<Channel?> ReadChannelAsync(string name, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return Alerting.Channels.GetValueOrDefault(name);
    }

    public Task<ChannelWrite> PutChannelAsync(Channel channel, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) =>
        SimulatedEvaluation.RunAsync(database, async t =>
        {
            await t.LockAsync(AdminLock.Instance);
            await t.LockAsync(new ChannelLock(channel.Name));
            lock (database.Gate)
            {
                var before = Alerting.Channels.GetValueOrDefault(channel.Name);
                if (before is not null && !before.IsWithin(claim.Within)) return ChannelWrite.Taken;
                if (before is null && !claim.Shares.HasRoom(claim.Within, [.. Alerting.Channels.Values.Select(c => c.Under)])) return ChannelWrite.TooMany;
                var stored = ChannelDocument.Read(ChannelDocument.ToJson(channel)).ToChannel(channel.Name, channel.Under, channel.Type, null);
                t.Then(() =>
                {
                    Alerting.Channels[channel.Name] = stored;
                    Audit(admin, "channel.put", channel.Under, before is null ? null : ChannelDocument.ToAudit(before), ChannelDocument.ToAudit(channel));
                });
                return before is null ? ChannelWrite.Created : ChannelWrite.Replaced;
            }
        });

    public Task<bool> DeleteChannelAsync(string name, string? within, AdminContext admin, CancellationToken cancellationToken) =>
        SimulatedEvaluation.RunAsync(database, async t =>
        {
            await t.LockAsync(AdminLock.Instance);
            await t.LockAsync(new ChannelLock(name));
            lock (database.Gate)
            {
                if (!Alerting.Channels.TryGetValue(name, out var before) || !before.IsWithin(within)) return false;
                t.Then(() =>
                {
                    Alerting.Channels.Remove(name);
                    Alerting.DropOf(name, admin.At);
                    Audit(admin, "channel.delete", before.Under, ChannelDocument.ToAudit(before), null);
                });
                return true;
            }
        });

    public Task<bool> InsertTestAsync(Alert alert, string channel, CancellationToken cancellationToken) =>
        SimulatedEvaluation.RunAsync(database, async t =>
        {
            await t.LockAsync(AdminLock.Instance);
            lock (database.Gate)
            {
                if (Alerting.Channels.GetValueOrDefault(channel) is not { Disabled: null } found || (found.Under ?? "") != alert.CostCenter) return false;
            }

            await t.InsertAsync([alert], cancellationToken);
            await t.DeliverAsync([new DeliveryKey(alert.Id, channel, false)], alert.At);
            return true;
        });

    public async Task<IReadOnlyList<StoredAlert>> ReadAlertsAsync(string? under, DateTimeOffset? since, long? before, int limit, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            return
            [
                .. Alerting.Alerts.Values.Reverse().Where(a => IsUnder(a.Alert.CostCenter, under) && !(Stored.Of(a.Alert.At) < since) && !(a.Entry >= before)).Take(limit),
            ];
        }
    }

    public async Task<IReadOnlyList<StoredAlert>> ReadOwnAlertsAsync(string costCenter, int limit, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return [.. Alerting.Alerts.Values.Reverse().Where(a => a.Alert.CostCenter == costCenter).Take(limit)];
    }

    public async Task<StoredAlert?> ReadAlertAsync(string id, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return Alerting.AlertsById.GetValueOrDefault(id);
    }

    public async Task<IReadOnlyList<StoredDelivery>> ReadDeliveriesAsync(string alertId, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return [.. Alerting.Deliveries.Where(d => d.Key.AlertId == alertId).Select(d => d.Value)];
    }

    public Task<IReadOnlyList<string>> RedeliverAsync(string alertId, string? within, DateTimeOffset now, CancellationToken cancellationToken) =>
        SimulatedEvaluation.RunAsync<IReadOnlyList<string>>(database, async t =>
        {
            List<DeliveryKey> again;
            lock (database.Gate)
            {
                if (!Alerting.AlertsById.TryGetValue(alertId, out var stored)) return [];
                again =
                [
                    .. Alerting.Channels.Values.Where(c => c.Disabled is null && c.IsWithin(within) && (Alerting.Deliveries.Keys.Any(k => k.AlertId == alertId && k.Channel == c.Name) || c.Takes(stored.Alert)))
                        .Select(c => new DeliveryKey(alertId, c.Name, c.ClosesIncident(stored.Alert))),
                ];
            }

            foreach (var key in again)
            {
                await t.LockAsync(new DeliveryLock(key));
                t.Then(() =>
                {
                    Alerting.Add(key, now);
                    Alerting.Deliveries[key] = Alerting.Deliveries[key] with { State = DeliveryState.Pending, FirstAt = Stored.Of(now), NextAt = Stored.Of(now), EndedAt = null };
                });
            }

            return [.. again.Select(k => k.Channel)];
        });

    public async Task<IReadOnlyList<SpentSince>> ReadSpentSinceAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            return
            [
                .. Alerting.Marks.Where(m => m.Value.Fired && m.Key.At == Crossings.AtLimit && m.Key.Account.User.Length == 0 && costCenters.Contains(m.Key.Account.CostCenter))
                    .GroupBy(m => (m.Key.Account.CostCenter, m.Key.Period)).Select(g => g.MaxBy(m => m.Key.Window))
                    .OrderBy(m => m.Key.Account.CostCenter, StringComparer.Ordinal).ThenBy(m => m.Key.Period)
                    .Select(m => new SpentSince(m.Key.Account.CostCenter, null, m.Key.Period, m.Key.Window, m.Value.ChangedAt)),
            ];
        }
    }

    public async Task<SpendFacts> ReadSpendFactsAsync(string costCenter, DateOnly date, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return Alerting.Spend.Of(costCenter, date);
    }

    public Task<int> ForgetAlertsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            var alerts = Alerting.Alerts.Values.Where(a => Stored.Of(a.Alert.At) < before).Take(limit).ToList();
            foreach (var alert in alerts) Alerting.Remove(alert);
            var marks = Alerting.Marks.Where(m => m.Value.ChangedAt < before && m.Key.Period != Period.Total).Select(m => m.Key).Take(limit).ToList();
            foreach (var mark in marks) Alerting.Marks.Remove(mark);
            return Task.FromResult(alerts.Count + marks.Count);
        }
    }

    public async Task<StoredState?> ReadStateAsync(string grain, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return Alerting.States.GetValueOrDefault(grain);
    }

    public Task<long?> WriteStateAsync(string grain, string state, long etag, CancellationToken cancellationToken) =>
        SimulatedEvaluation.RunAsync(database, async t =>
        {
            await t.LockAsync(new StateLock(grain));
            lock (database.Gate)
            {
                if ((Alerting.States.GetValueOrDefault(grain)?.Etag ?? 0) != etag) return default(long?);
                t.Then(() => Alerting.States[grain] = new StoredState(state, etag + 1));
                return etag + 1;
            }
        });

    public Task<bool> ClearStateAsync(string grain, long etag, CancellationToken cancellationToken) =>
        SimulatedEvaluation.RunAsync(database, async t =>
        {
            await t.LockAsync(new StateLock(grain));
            lock (database.Gate)
            {
                if (!Alerting.States.TryGetValue(grain, out var known) || known.Etag != etag) return false;
                t.Then(() => Alerting.States.Remove(grain));
                return true;
            }
        });
}
