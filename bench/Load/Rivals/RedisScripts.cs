using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BudgetEngine.Load.Rivals;

/// <summary>A Lua script, and the digest by which it is called.</summary>
internal sealed class RedisScript(string text)
{
    public string Text => text;

    public byte[] Digest { get; } = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text))));
}

/// <summary>
/// Check and increment over a path of three levels. A node is a hash: limits of a day and a month (dl, ml), spent in both (d, m), held (h). A hold is a key that lapses; what it
/// held at the nodes would stay there, which is left out in Redis' favour. A record is a key of its request id, set once.
/// </summary>
internal static class RedisScripts
{
    /// <summary>KEYS: three nodes, the hold. ARGV: amount, ttl.</summary>
    public static readonly RedisScript Check = new(
        """
        for i = 1, 3 do
          local n = redis.call('HMGET', KEYS[i], 'dl', 'ml', 'd', 'm', 'h')
          local held = n[5] + ARGV[1]
          if n[3] + held > tonumber(n[1]) or n[4] + held > tonumber(n[2]) then return 0 end
        end
        for i = 1, 3 do redis.call('HINCRBY', KEYS[i], 'h', ARGV[1]) end
        redis.call('SET', KEYS[4], ARGV[1], 'EX', ARGV[2])
        return 1
        """);

    /// <summary>KEYS: three nodes, the hold.</summary>
    public static readonly RedisScript Release = new(
        """
        local held = redis.call('GETDEL', KEYS[4])
        if not held then return 0 end
        for i = 1, 3 do redis.call('HINCRBY', KEYS[i], 'h', '-' .. held) end
        return 1
        """);

    /// <summary>KEYS: three nodes, the hold, the record. ARGV: cost, record, how long it is kept.</summary>
    public static readonly RedisScript Settle = new(
        """
        if not redis.call('SET', KEYS[5], ARGV[2], 'NX', 'EX', ARGV[3]) then return 0 end
        local held = redis.call('GETDEL', KEYS[4])
        for i = 1, 3 do
          redis.call('HINCRBY', KEYS[i], 'd', ARGV[1])
          redis.call('HINCRBY', KEYS[i], 'm', ARGV[1])
          if held then redis.call('HINCRBY', KEYS[i], 'h', '-' .. held) end
        end
        return 1
        """);

    /// <summary>KEYS: three nodes, the record. ARGV: cost, record, how long it is kept.</summary>
    public static readonly RedisScript Post = new(
        """
        if not redis.call('SET', KEYS[4], ARGV[2], 'NX', 'EX', ARGV[3]) then return 0 end
        for i = 1, 3 do
          redis.call('HINCRBY', KEYS[i], 'd', ARGV[1])
          redis.call('HINCRBY', KEYS[i], 'm', ARGV[1])
        end
        return 1
        """);

    /// <summary>KEYS: a node. ARGV: its limit.</summary>
    public static readonly RedisScript Create = new(
        "return redis.call('HSET', KEYS[1], 'dl', ARGV[1], 'ml', ARGV[1], 'd', 0, 'm', 0, 'h', 0)");

    /// <summary>KEYS: a node. ARGV: which figure.</summary>
    public static readonly RedisScript Read = new("return tonumber(redis.call('HGET', KEYS[1], ARGV[1]))");

    public static readonly RedisScript[] All = [Check, Release, Settle, Post, Create, Read];

    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
