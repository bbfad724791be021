namespace BudgetEngine.Domain.Budgets;

/// <summary>The requests and tokens that one account has let through in the last minute. In memory only: after a restart a minute begins anew.</summary>
public sealed class MinuteCounters
{
    private readonly MinuteCounter _requests = new();
    private readonly MinuteCounter _tokens = new();

    public long Used(MinuteMeter meter, Moment now) => Of(meter).Used(now);

    public TimeSpan? FitsAfter(MinuteMeter meter, long count, long limit, Moment now) => Of(meter).FitsAfter(count, limit, now);

    /// <summary>Counts a call.</summary>
    /// <returns>The second that it is counted in.</returns>
    internal long Count(int tokens, Moment now)
    {
        _tokens.Add(tokens, now);
        return _requests.Add(1, now);
    }

    internal void Correct(long second, int requests, long tokens, Moment now)
    {
        _requests.Correct(second, requests, now);
        _tokens.Correct(second, tokens, now);
    }

    private MinuteCounter Of(MinuteMeter meter) => meter == MinuteMeter.Tokens ? _tokens : _requests;
}
