using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace BudgetEngine.TestKit.Engine;

/// <summary>
/// A reservation id in the hands of somebody who knows how ids are built but has no key of the installation: taken apart, changed with <c>with</c>, and put
/// together again with a right sum and the signature that it had.
/// </summary>
public sealed record ForgedId(int Day, long Attempt, Guid Key, ushort SigningKey, string Owner, string User, byte[] Signature)
{
    private const string Prefix = "rsv_";
    private const int OwnerLengthAt = 29;
    private const int SigningKeyAt = 31;
    private const int OwnerAt = 33;
    private const int SignatureLength = 16;
    private const int SumLength = 4;

    /// <summary>Takes a true id apart.</summary>
    public static ForgedId Of(string text)
    {
        ReadOnlySpan<byte> bytes = Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length));
        var ownerLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[OwnerLengthAt..]);
        var end = bytes.Length - SumLength - SignatureLength;
        return new ForgedId(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[5..]), new Guid(bytes.Slice(13, 16)),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[SigningKeyAt..]), Encoding.UTF8.GetString(bytes.Slice(OwnerAt, ownerLength)),
            Encoding.UTF8.GetString(bytes[(OwnerAt + ownerLength)..end]), bytes.Slice(end, SignatureLength).ToArray());
    }

    public override string ToString() => Text([2, .. Content(), .. BitConverter.GetBytes(SigningKey), .. Names(), .. Signature]);

    /// <summary>As an id was before ids were signed.</summary>
    public string Unsigned() => Text([1, .. Content(), .. Names()]);

    private byte[] Content() =>
        [.. BitConverter.GetBytes(Day), .. BitConverter.GetBytes(Attempt), .. Key.ToByteArray(), .. BitConverter.GetBytes((ushort)Encoding.UTF8.GetByteCount(Owner))];

    private byte[] Names() => Encoding.UTF8.GetBytes(Owner + User);

    private static string Text(byte[] body)
    {
        var sum = 2_166_136_261u;
        foreach (var b in body) sum = unchecked((sum ^ b) * 16_777_619u);
        return Prefix + Base64Url.EncodeToString([.. body, .. BitConverter.GetBytes(sum)]);
    }
}
