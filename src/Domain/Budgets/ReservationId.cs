using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// The id of a reservation, opaque to callers: <c>rsv_</c> and base64url of all that settling needs when nobody remembers it. It is a claim, not a secret:
/// a key's subtree is checked against <see cref="Owner"/>. Four bytes of hash tell a mangled id from a forgotten one.
/// </summary>
/// <param name="Key">Names the reservation at every node: hash of owner and request id.</param>
public sealed record ReservationId(string Owner, string User, DateOnly Date, Stamp Attempt, Guid Key)
{
    public const string Prefix = "rsv_";
    public const int MaxLength = 2_000;

    private const byte Version = 1;
    private const int FixedLength = 1 + 4 + 8 + 16 + 2;
    private const int SumLength = 4;

    /// <summary>The key of a reservation.</summary>
    public static Guid KeyOf(string owner, string requestId)
    {
        var length = Encoding.UTF8.GetMaxByteCount(owner.Length + requestId.Length + 1);
        Span<byte> bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        var used = Encoding.UTF8.GetBytes(owner, bytes);
        bytes[used++] = 0;
        used += Encoding.UTF8.GetBytes(requestId, bytes[used..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..used], hash);
        return new Guid(hash[..16]);
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out ReservationId? id)
    {
        id = null;
        if (text is null || text.Length > MaxLength || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var encoded = text.AsSpan(Prefix.Length);
        if (!Base64Url.IsValid(encoded, out var length) || length < FixedLength + SumLength) return false;
        // White space and padding would be passed over: one reservation, one id.
        if (encoded.Length != Base64Url.GetEncodedLength(length)) return false;
        Span<byte> bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        if (!Base64Url.TryDecodeFromChars(encoded, bytes, out var decoded) || decoded != length) return false;
        var body = bytes[..^SumLength];
        Span<byte> sum = stackalloc byte[SumLength];
        Sum(body, sum);
        return sum.SequenceEqual(bytes[^SumLength..]) && TryRead(body, out id);
    }

    public override string ToString()
    {
        var length = FixedLength + SumLength + Encoding.UTF8.GetByteCount(Owner) + Encoding.UTF8.GetByteCount(User);
        Span<byte> bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], Date.DayNumber);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[5..], Attempt.Value);
        Key.TryWriteBytes(bytes[13..]);
        var ownerLength = Encoding.UTF8.GetBytes(Owner, bytes[FixedLength..]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[29..], (ushort)ownerLength);
        Encoding.UTF8.GetBytes(User, bytes[(FixedLength + ownerLength)..]);
        Sum(bytes[..^SumLength], bytes[^SumLength..]);
        return string.Concat(Prefix, Base64Url.EncodeToString(bytes));
    }

    private static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out ReservationId? id)
    {
        id = null;
        var day = BinaryPrimitives.ReadInt32LittleEndian(body[1..]);
        var attempt = BinaryPrimitives.ReadInt64LittleEndian(body[5..]);
        var ownerLength = BinaryPrimitives.ReadUInt16LittleEndian(body[29..]);
        if (body[0] != Version || day < 0 || day > DateOnly.MaxValue.DayNumber || attempt < 0 || FixedLength + ownerLength > body.Length) return false;
        var owner = Encoding.UTF8.GetString(body.Slice(FixedLength, ownerLength));
        if (!CostCenterId.TryParse(owner, out var parsed, out _) || parsed.Path != owner) return false;
        if (!Utf8.IsValid(body[(FixedLength + ownerLength)..])) return false;
        var user = Encoding.UTF8.GetString(body[(FixedLength + ownerLength)..]);
        if (user.Length is 0 or > 128) return false;
        id = new ReservationId(owner, user, DateOnly.FromDayNumber(day), new Stamp(attempt), new Guid(body.Slice(13, 16)));
        return true;
    }

    private static void Sum(ReadOnlySpan<byte> body, Span<byte> sum)
    {
        // FNV-1a, 32 bits: finds every change of one character; whoever forges an id can only name what its key may name anyway.
        var hash = 2_166_136_261u;
        foreach (var b in body) hash = unchecked((hash ^ b) * 16_777_619u);
        BinaryPrimitives.WriteUInt32LittleEndian(sum, hash);
    }
}
