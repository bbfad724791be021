namespace BudgetEngine.Api.Usage.Quotas;

/// <summary>What one tenant, or one subtree of it, has recorded by its keys at this process in the window that is under way. Windows begin with the first record in them.</summary>
/// <param name="costCenter">The root of the subtree.</param>
/// <param name="around">Of the subtree around it, in which all that is taken here counts too; null: of a tenant, which has none.</param>
internal sealed class UsageQuota(string costCenter, UsageQuotaLimits limits, UsageQuota? around, TimeProvider clock)
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan UserWindow = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly HashSet<long> _users = [];
    private long _since = clock.GetTimestamp();
    private long _usersSince = clock.GetTimestamp();
    private long _records;
    private long _bytes;
    private bool _announced;

    public string CostCenter => costCenter;

    public UsageQuota? Around => around;

    /// <summary>Takes room for one record. Null: taken; else which quota is used up, and for how long.</summary>
    /// <param name="user">A hash of the user, the same for the same one.</param>
    /// <param name="nearing">True once in a window, when most of it has been used.</param>
    public QuotaRefusal? TryTake(int bytes, long user, out bool nearing)
    {
        nearing = false;
        lock (_lock)
        {
            Turn();
            if (_records >= limits.Records) return Refusal("records", limits.Records, Window, _since);
            // A record that is larger than what is left passes while anything is left, so that each one passes some time.
            if (_bytes >= limits.Bytes) return Refusal("bytes", limits.Bytes, Window, _since);
            if (_users.Count >= limits.Users && !_users.Contains(user)) return Refusal("users", limits.Users, UserWindow, _usersSince);
            _records++;
            _bytes += bytes;
            _users.Add(user);
            nearing = !_announced && IsNearing;
            _announced |= nearing;
            return null;
        }
    }

    /// <summary>Nothing was stored: a duplicate, or refused for another reason.</summary>
    public void GiveBack(int bytes)
    {
        lock (_lock)
        {
            // In another window there is nothing to give back to.
            _records = Math.Max(0, _records - 1);
            _bytes = Math.Max(0, _bytes - bytes);
        }
    }

    /// <summary>What is used up; null: nothing.</summary>
    public QuotaRefusal? Exhausted()
    {
        lock (_lock)
        {
            Turn();
            return _records >= limits.Records ? Refusal("records", limits.Records, Window, _since) : _bytes >= limits.Bytes ? Refusal("bytes", limits.Bytes, Window, _since) : null;
        }
    }

    /// <summary>What is left, when that is less than a fifth; null: there is more.</summary>
    public QuotaWarning? Warning()
    {
        lock (_lock)
        {
            Turn();
            if (!IsNearing) return null;
            var seconds = SecondsLeft(Window, _since);
            return _records * (double)limits.Bytes >= _bytes * (double)limits.Records
                ? new QuotaWarning("records", Math.Max(0, limits.Records - _records), seconds)
                : new QuotaWarning("bytes", Math.Max(0, limits.Bytes - _bytes), seconds);
        }
    }

    private bool IsNearing => _records >= limits.Records / 5 * 4 || _bytes >= limits.Bytes / 5 * 4;

    private void Turn()
    {
        if (clock.GetElapsedTime(_usersSince) >= UserWindow)
        {
            _usersSince = clock.GetTimestamp();
            _users.Clear();
            _users.TrimExcess();
        }

        if (clock.GetElapsedTime(_since) < Window) return;
        _since = clock.GetTimestamp();
        (_records, _bytes, _announced) = (0, 0, false);
    }

    private QuotaRefusal Refusal(string quota, long most, TimeSpan window, long since) => new(costCenter, quota, most, window, SecondsLeft(window, since));

    private int SecondsLeft(TimeSpan window, long since) => Math.Max(1, (int)Math.Ceiling((window - clock.GetElapsedTime(since)).TotalSeconds));
}

/// <summary>What may be recorded in a window: records and bytes in a minute, different users in an hour.</summary>
internal readonly record struct UsageQuotaLimits(long Records, long Bytes, int Users);

/// <summary>A quota that is used up.</summary>
/// <param name="CostCenter">Whose.</param>
/// <param name="RetryAfter">Seconds until there is room again.</param>
internal sealed record QuotaRefusal(string CostCenter, string Quota, long Most, TimeSpan Window, int RetryAfter);

/// <summary>A quota that is nearly used up.</summary>
internal sealed record QuotaWarning(string Quota, long Left, int Seconds);
