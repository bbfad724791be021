using System.IO.Compression;
using System.Text;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>From a valid body to one that is nearly right: in its structure, then in its bytes.</summary>
internal static class Mutations
{
    private static readonly string[] _pieces =
        ["\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "true", "1e999", "-", "\u0001", "\n", "\r\n", "\n\n", " ", "//", "\u0000", "e", "\"\\udc00\":1,", "\ufeff"];

    /// <summary>Drops, repeats, renames, replaces or adds something anywhere in the tree.</summary>
    public static void Structure(JsonTree tree, Random random)
    {
        switch (tree)
        {
            case JsonMembers { Items.Count: > 0 } members:
                Members(members, random);
                break;
            case JsonMembers members:
                members.Items.Add((Oddities.AnyString(random), new JsonText(Oddities.AnyValue(random))));
                break;
            case JsonList { Items.Count: > 0 } list:
                var at = random.Next(list.Items.Count);
                if (random.Next(3) == 0) list.Items[at] = new JsonText(Oddities.AnyValue(random));
                else if (random.Next(4) == 0) list.Items.Insert(at, list.Items[at]);
                else Structure(list.Items[at], random);
                break;
            case JsonList list:
                list.Items.Add(new JsonText(Oddities.AnyValue(random)));
                break;
        }
    }

    public static byte[] Bytes(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var i = random.Next(4); i >= 0; i--)
        {
            if (bytes.Count == 0) bytes.Add((byte)'{');
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(_pieces[random.Next(_pieces.Length)])); break;
                case 4: bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(1, 40)).ToArray()); break;
                case 5: bytes.RemoveRange(at, bytes.Count - at); break;
                default: bytes.AddRange(bytes.Take(random.Next(1, 60)).ToArray()); break;
            }
        }

        return [.. bytes];
    }

    public static byte[] Gzip(byte[] body)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(body);
        return bytes.ToArray();
    }

    private static void Members(JsonMembers members, Random random)
    {
        var at = random.Next(members.Items.Count);
        var (name, value) = members.Items[at];
        switch (random.Next(9))
        {
            case 0: members.Items.RemoveAt(at); break;
            case 1: members.Items.Add((name, value)); break;
            case 2: members.Items.Add((name, new JsonText(Oddities.AnyValue(random)))); break;
            case 3: members.Items.Add((Oddities.AnyString(random), value)); break;
            case 4: members.Items[at] = (random.Next(2) == 0 ? name.ToUpperInvariant() : name + "\u0000", value); break;
            case 5 when value is JsonMembers or JsonList: Structure(value, random); break;
            default: members.Items[at] = (name, new JsonText(Oddities.AnyValue(random))); break;
        }
    }
}
