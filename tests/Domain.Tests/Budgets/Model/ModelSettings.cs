using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>Changes what is set: limits up, down and away, soft and hard, thresholds, users, children, increases, pauses.</summary>
internal sealed class ModelSettings(ModelWorld world, Random random)
{
    private static readonly ImmutableArray<Threshold>[] Thresholds =
        [Threshold.Defaults, [], [new Threshold(0.333m, "third"), new Threshold(0.5m, "half"), new Threshold(1.5m, "far")]];

    public string Change()
    {
        switch (random.Next(12))
        {
            case < 4: return SetLimits();
            case < 6: return SetUser();
            case 6: return SetChild();
            case < 9: return Increase();
            case 9: return Pause();
            default:
                world.Naive.Pauses.Clear();
                return "resumed";
        }
    }

    public string SetLimits()
    {
        world.Naive.Budget = random.Next(15) == 0
            ? null
            : new Budget(Limits(new NaiveScope(AccountKind.Node, ModelWorld.Path)), false, InheritedSettings.None, Side(), Side());
        return $"budget {world.Naive.Budget}";
    }

    private LimitSet? Side() => random.Next(3) > 0 ? null : Limits(new NaiveScope(AccountKind.User, ModelAsks.Users[0]));

    private string SetUser()
    {
        var user = ModelAsks.Users[random.Next(ModelAsks.Users.Length)];
        if (random.Next(2) == 0) world.Naive.UserBudgets.Remove(user);
        else world.Naive.UserBudgets[user] = Limits(new NaiveScope(AccountKind.User, user));
        return $"user {user} {world.Naive.UserBudgets.GetValueOrDefault(user)}";
    }

    private string SetChild()
    {
        const string child = "acme/eng/ai";
        if (!world.Naive.ChildrenWithBudget.Remove(child)) world.Naive.ChildrenWithBudget.Add(child);
        return $"child {child} has a budget: {world.Naive.ChildrenWithBudget.Contains(child)}";
    }

    private string Increase()
    {
        if (random.Next(4) == 0 && world.Naive.Increases.Count > 0) world.Naive.Increases.RemoveAt(random.Next(world.Naive.Increases.Count));
        var user = random.Next(2) == 0 ? null : ModelAsks.Users[random.Next(ModelAsks.Users.Length)];
        var increase = new Increase(
            "i", ModelWorld.Path, user, Window.Periods[random.Next(4)], new Money(random.Next(1, 40)), world.Now.Utc.AddSeconds(random.Next(1, 120)), null, "test", default);
        world.Naive.Increases.Add(increase);
        return $"{increase}";
    }

    private string Pause()
    {
        var user = random.Next(3) == 0 ? ModelAsks.Users[random.Next(ModelAsks.Users.Length)] : null;
        var model = random.Next(3) == 0 ? "gpt-9" : null;
        var until = user is null && model is null || random.Next(4) > 0 ? world.Now.Utc.AddSeconds(random.Next(8)) : (DateTimeOffset?)null;
        world.Naive.Pauses.Add(new Pause(ModelWorld.Path, user, model, until, null, "test", default));
        return $"{world.Naive.Pauses[^1]}";
    }

    private LimitSet Limits(NaiveScope scope)
    {
        var limits = new Limits(Limit(scope, Period.Daily), Limit(scope, Period.Weekly), Limit(scope, Period.Monthly), Limit(scope, Period.Total));
        return new LimitSet(limits, Thresholds[random.Next(Thresholds.Length)], random.Next(4) == 0 ? Enforcement.Soft : Enforcement.Hard);
    }

    /// <summary>Mostly around what is spent already, so that there is something to decide.</summary>
    private Money? Limit(NaiveScope scope, Period period)
    {
        if (random.Next(5) < 3) return null;
        if (random.Next(12) == 0) return Money.Zero;
        var (first, end) = NaiveCalendar.Window(period, world.Today);
        return new Money(Math.Max(0, world.Naive.Known.Spent(scope, period, first, end) + random.Next(-10, 300)));
    }
}
