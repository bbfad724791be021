using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// The text of a reservation id, opaque to callers: <c>rsv_</c> and base64url of the content, its signature, and a sum that tells a mangled id from a forged one.
/// Only <see cref="ReservationSigningKeys"/> says whether the content may be believed.
/// </summary>
public static class ReservationIdText
{
    public const string Prefix = "rsv_";

    /// <summary>Characters.</summary>
    public const int MaxLength = 2_000;

    /// <summary>Of a decoded id.</summary>
    internal const int MaxBytes = 1_500;

    internal const int SignatureLength = 16;

    private const int UsualBytes = 192;

    private const byte Version = 2;

    /// <summary>Ids of version 1 have no signature: anybody could make one.</summary>
    private const byte UnsignedVersion = 1;

    // Version, date, attempt, key, length of the owner.
    private const int OwnerLengthAt = 1 + 4 + 8 + 16;
    private const int SigningKeyAt = OwnerLengthAt + 2;
    private const int UnsignedFixedLength = SigningKeyAt;
    private const int FixedLength = SigningKeyAt + 2;
    private const int SumLength = 4;

    /// <summary>
    /// The owner that an undamaged id names, signed or not; null: the id is damaged. It shows no right to anything: whoever sends it could have named that cost
    /// center without an id.
    /// </summary>
    public static string? OwnerOf(string? text)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        return TryDecode(text, buffer, out var id, out _, out _) ? id.Owner : null;
    }

    internal static string Encode(ReservationId id, ReservationSigningKey key)
    {
        var length = FixedLength + Encoding.UTF8.GetByteCount(id.Owner) + Encoding.UTF8.GetByteCount(id.User) + SignatureLength + SumLength;
        // Most are short, and a buffer is cleared each time.
        var bytes = (length <= UsualBytes ? stackalloc byte[UsualBytes] : new byte[length])[..length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], id.Date.DayNumber);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[5..], id.Attempt.Value);
        id.Key.TryWriteBytes(bytes[13..]);
        var ownerLength = Encoding.UTF8.GetBytes(id.Owner, bytes[FixedLength..]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OwnerLengthAt..], (ushort)ownerLength);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[SigningKeyAt..], (ushort)key.Number);
        Encoding.UTF8.GetBytes(id.User, bytes[(FixedLength + ownerLength)..]);
        var signed = bytes[..^(SignatureLength + SumLength)];
        key.Sign(signed, bytes.Slice(signed.Length, SignatureLength));
        Sum(bytes[..^SumLength], bytes[^SumLength..]);
        return string.Create(Prefix.Length + Base64Url.GetEncodedLength(length), (ReadOnlySpan<byte>)bytes, static (text, bytes) =>
        {
            Prefix.CopyTo(text);
            Base64Url.EncodeToChars(bytes, text[Prefix.Length..]);
        });
    }

    /// <summary>Reads what an undamaged text says; whether it is true is another question.</summary>
    /// <param name="buffer"><see cref="MaxBytes"/> long; it keeps the content.</param>
    /// <param name="signed">What the signature covers, followed by the signature; empty in an id without one.</param>
    /// <param name="keyNumber">The signing key; 0: none.</param>
    internal static bool TryDecode(string? text, Span<byte> buffer, [NotNullWhen(true)] out ReservationId? id, out ReadOnlySpan<byte> signed, out int keyNumber)
    {
        id = null;
        signed = default;
        keyNumber = 0;
        if (text is null || text.Length > MaxLength || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var encoded = text.AsSpan(Prefix.Length);
        if (!Base64Url.IsValid(encoded, out var length) || length < UnsignedFixedLength + SumLength || length > MaxBytes) return false;
        // White space and padding would be passed over: one reservation, one id.
        if (encoded.Length != Base64Url.GetEncodedLength(length)) return false;
        if (!Base64Url.TryDecodeFromChars(encoded, buffer, out var decoded) || decoded != length) return false;
        ReadOnlySpan<byte> body = buffer[..(length - SumLength)];
        Span<byte> sum = stackalloc byte[SumLength];
        Sum(body, sum);
        if (!sum.SequenceEqual(buffer.Slice(length - SumLength, SumLength))) return false;
        if (body[0] == UnsignedVersion) return TryRead(body, UnsignedFixedLength, out id);
        if (body[0] != Version || body.Length < FixedLength + SignatureLength) return false;
        keyNumber = BinaryPrimitives.ReadUInt16LittleEndian(body[SigningKeyAt..]);
        signed = body;
        return TryRead(body[..^SignatureLength], FixedLength, out id);
    }

    private static bool TryRead(ReadOnlySpan<byte> body, int fixedLength, [NotNullWhen(true)] out ReservationId? id)
    {
        id = null;
        var day = BinaryPrimitives.ReadInt32LittleEndian(body[1..]);
        var attempt = BinaryPrimitives.ReadInt64LittleEndian(body[5..]);
        var ownerLength = BinaryPrimitives.ReadUInt16LittleEndian(body[OwnerLengthAt..]);
        if (day < 0 || day > DateOnly.MaxValue.DayNumber || attempt < 0 || fixedLength + ownerLength > body.Length) return false;
        var owner = Encoding.UTF8.GetString(body.Slice(fixedLength, ownerLength));
        if (!CostCenterId.TryParse(owner, out var parsed, out _) || parsed.Path != owner) return false;
        if (!Utf8.IsValid(body[(fixedLength + ownerLength)..])) return false;
        var user = Encoding.UTF8.GetString(body[(fixedLength + ownerLength)..]);
        // What no check takes for a user is in no id of ours; and PostgreSQL stores no NUL.
        if (user.Length is 0 or > 128 || user.AsSpan().ContainsAnyInRange('\0', '\u001f')) return false;
        id = new ReservationId(owner, user, DateOnly.FromDayNumber(day), new Stamp(attempt), new Guid(body.Slice(13, 16)));
        return true;
    }

    private static void Sum(ReadOnlySpan<byte> body, Span<byte> sum)
    {
        // FNV-1a, 32 bits: finds every change of one character.
        var hash = 2_166_136_261u;
        foreach (var b in body) hash = unchecked((hash ^ b) * 16_777_619u);
        BinaryPrimitives.WriteUInt32LittleEndian(sum, hash);
    }
}
