using System.Security.Cryptography;

namespace BudgetEngine.Domain.Budgets;

/// <summary>A secret of the installation with which reservation ids are signed: HMAC with SHA-256, of which the first 128 bits are kept.</summary>
/// <param name="secret"><see cref="SecretLength"/> random bytes.</param>
/// <param name="signsFrom">From then on it signs, unless a later key does. A new key is known to every process before it signs.</param>
/// <param name="verifiesUntil">Until then ids that it signed are believed; null: for ever, as far as is known.</param>
public sealed class ReservationSigningKey(int number, byte[] secret, DateTimeOffset signsFrom, DateTimeOffset? verifiesUntil)
{
    public const int SecretLength = 32;

    // Has taken the key in, which is half of the work. Null while somebody uses it.
    private IncrementalHash? _ready = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);

    /// <summary>Stands in every id that the key signed; from 1 upward.</summary>
    public int Number { get; } = number;

    public DateTimeOffset SignsFrom { get; } = signsFrom;

    public DateTimeOffset? VerifiesUntil { get; } = verifiesUntil;

    /// <summary>The same key, believed until then.</summary>
    public ReservationSigningKey Until(DateTimeOffset end) => new(Number, secret, SignsFrom, end);

    internal void Sign(ReadOnlySpan<byte> content, Span<byte> signature)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (Interlocked.Exchange(ref _ready, null) is { } ready)
        {
            ready.AppendData(content);
            ready.GetHashAndReset(mac);
            Volatile.Write(ref _ready, ready);
        }
        else
        {
            HMACSHA256.HashData(secret, content, mac);
        }

        mac[..signature.Length].CopyTo(signature);
    }

    internal bool Verifies(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature, DateTimeOffset now)
    {
        if (VerifiesUntil <= now) return false;
        Span<byte> expected = stackalloc byte[ReservationIdText.SignatureLength];
        Sign(content, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }
}
