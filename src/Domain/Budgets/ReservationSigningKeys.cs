using System.Diagnostics.CodeAnalysis;

namespace BudgetEngine.Domain.Budgets;

/// <summary>The signing keys of the installation: one signs, all that are in force verify. Makes and reads the text of reservation ids.</summary>
public sealed class ReservationSigningKeys
{
    /// <summary>Keys in force at once: a rotation beyond that is refused.</summary>
    public const int MaxKeys = 64;

    /// <summary>The largest number of a key: two bytes of the id.</summary>
    public const int MaxNumber = ushort.MaxValue;

    private readonly ReservationSigningKey[] _keys;

    public ReservationSigningKeys(IEnumerable<ReservationSigningKey> keys) => _keys = [.. keys.OrderBy(k => k.Number)];

    /// <summary>Signs an id with the key that is due now.</summary>
    public string Write(ReservationId id, DateTimeOffset now) => ReservationIdText.Encode(id, SigningAt(now));

    /// <summary>True for an id that this installation made and whose key is still in force.</summary>
    public bool TryRead(string? text, DateTimeOffset now, [NotNullWhen(true)] out ReservationId? id)
    {
        Span<byte> buffer = stackalloc byte[ReservationIdText.MaxBytes];
        if (ReservationIdText.TryDecode(text, buffer, out id, out var signed, out var number) && Find(number) is { } key
            && key.Verifies(signed[..^ReservationIdText.SignatureLength], signed[^ReservationIdText.SignatureLength..], now))
        {
            return true;
        }

        id = null;
        return false;
    }

    private ReservationSigningKey SigningAt(DateTimeOffset now)
    {
        for (var i = _keys.Length - 1; i >= 0; i--)
        {
            if (_keys[i].SignsFrom <= now) return _keys[i];
        }

        // The clock of this process is behind that of the one that made the first key.
        return _keys.Length > 0 ? _keys[0] : throw new InvalidOperationException("The ledger has no key to sign reservation ids with.");
    }

    private ReservationSigningKey? Find(int number)
    {
        foreach (var key in _keys)
        {
            if (key.Number == number) return key;
        }

        return null;
    }
}
