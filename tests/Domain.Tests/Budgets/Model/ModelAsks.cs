using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>Makes asks: new attempts, repeats, late and stale ones, extensions, reductions; with amounts around what is available.</summary>
internal sealed class ModelAsks(ModelWorld world, Random random, string[] owners)
{
    public static readonly string[] Users = ["anonymous", "bob", "zoé"];

    private const int Keys = 14;
    private static readonly string?[] Models = [null, "gpt-9", "GPT-9", "mini"];
    private readonly List<Ask>[] _history = [.. Enumerable.Range(0, Keys).Select(_ => new List<Ask>())];
    private Stamp _stamp = Stamp.First(1);

    public Ask Last { get; private set; } = new() { User = Users[0], Owner = owners[0] };

    public Stamp NextStamp() => _stamp = random.Next(200) == 0 ? Stamp.First(_stamp.Epoch + 1) : _stamp.Next();

    /// <summary>An ask that was made before; a fresh one while there is none.</summary>
    public Ask Some()
    {
        var history = _history[random.Next(Keys)];
        return history.Count == 0 ? Fresh(random.Next(Keys)) : history[^1];
    }

    public (Guid Key, Stamp Attempt) SomeAttempt()
    {
        var key = random.Next(Keys);
        var history = _history[key];
        if (history.Count == 0) return (KeyOf(key), NextStamp());
        return (KeyOf(key), random.Next(4) > 0 ? history[^1].Attempt : history[random.Next(history.Count)].Attempt);
    }

    public Ask Next()
    {
        var key = random.Next(Keys);
        var ask = Make(key, _history[key]);

        // The days of older dates need not be in memory any more: nobody asks for them.
        if (ask.Date < world.Today.AddDays(-2)) ask = Fresh(key);
        _history[key].Add(ask);
        return Last = ask;
    }

    private Ask Make(int key, List<Ask> history)
    {
        if (history.Count == 0) return Fresh(key);
        var latest = history[^1];
        var held = world.Naive.Find(latest.Key, world.Now.MonotonicTicks)?.Left ?? random.Next(10);
        return random.Next(100) switch
        {
            < 52 => Fresh(key),
            < 60 => latest,
            < 67 => history[random.Next(history.Count)],
            < 80 => Sized(latest with { Revision = NextStamp(), MinAmount = null, Free = false, Unestimated = false, Lower = false, Lifetime = Lifetime() }, atLeast: held),
            < 86 => latest with { Revision = NextStamp(), Amount = new Money(random.NextInt64(held + 1)), Lower = true, Lifetime = Lifetime() },
            < 92 => latest with { Revision = NextStamp(), Amount = new Money(held), Lower = true, Lifetime = Lifetime() },
            // An earlier attempt under a later revision: a zombie.
            _ => history[random.Next(history.Count)] with { Revision = NextStamp() },
        };
    }

    private Ask Fresh(int key)
    {
        var attempt = NextStamp();
        var owner = owners[key % owners.Length];
        var date = world.Today.AddDays(random.Next(12) switch { 0 => -1, 1 => -2, 2 => 1, _ => 0 });
        var kind = random.Next(20);
        var ask = new Ask(
            KeyOf(key), owner, attempt, attempt, Users[random.Next(Users.Length)], Models[random.Next(Models.Length)], null, Money.Zero, null, kind == 0, kind == 1, false,
            date, world.Now.Utc, Lifetime());
        return kind < 2 ? ask : Sized(ask, atLeast: 0);
    }

    private Ask Sized(Ask ask, long atLeast)
    {
        var own = world.Naive.Find(ask.Key, world.Now.MonotonicTicks);
        var available = long.MaxValue;
        foreach (var w in world.Naive.WindowsOf(ask.User, ask.Owner, ask.Date, world.Now))
        {
            available = Math.Min(available, w.Available + (own is not null && w.Counts(own) ? own.Left : 0));
        }

        if (available == long.MaxValue) available = random.Next(50);
        var amount = random.Next(100) switch
        {
            < 40 => random.NextInt64(Math.Max(1, available)),
            < 52 => available,
            < 64 => available + 1,
            < 68 => available - 1,
            < 80 => available + random.Next(1, 60),
            _ => random.Next(6),
        };
        amount = Math.Max(atLeast, Math.Max(0, amount));
        ask = ask with { Amount = new Money(amount) };
        if (atLeast > 0 || random.Next(4) > 0) return ask;
        var least = random.Next(4) switch { 0 => available, 1 => available + 1, 2 => available - 1, _ => random.NextInt64(amount + 1) };
        return ask with { MinAmount = new Money(Math.Clamp(least, 0, amount)) };
    }

    private TimeSpan Lifetime() => random.Next(10) switch
    {
        < 7 => TimeSpan.FromTicks(random.NextInt64(90 * TimeSpan.TicksPerSecond) + 1),
        < 9 => TimeSpan.FromSeconds(random.Next(1, 600)),
        _ => TimeSpan.FromHours(random.Next(1, 24)),
    };

    private static Guid KeyOf(int key) => new(key + 1, 0, 0, new byte[8]);
}
