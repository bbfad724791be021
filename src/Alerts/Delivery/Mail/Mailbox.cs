namespace BudgetEngine.Alerts.Delivery.Mail;

/// <summary>An e-mail address, and the name of whose it is. ASCII only: what every mail server takes.</summary>
internal sealed record Mailbox(string? Name, string Address)
{
    public const int MaxAddress = 254;
    public const int MaxLocal = 64;

    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>As a header has it.</summary>
    public override string ToString() => Name is null ? Address : $"\"{Name}\" <{Address}>";

    /// <summary>Parses <c>a@b.c</c> and <c>Name &lt;a@b.c&gt;</c>.</summary>
    public static bool TryParse(string? text, out Mailbox mailbox)
    {
        mailbox = null!;
        if (text is null) return false;
        var (name, address) = (text.IndexOf('<'), text.EndsWith('>')) is ( > 0 and var open, true) ? (text[..open].Trim(), text[(open + 1)..^1]) : (null, text);
        if (!IsAddress(address) || (name is not null && !name.All(c => c is >= ' ' and <= '~' and not ('"' or '\\' or '<' or '>')))) return false;
        mailbox = new Mailbox(name, address);
        return true;
    }

    /// <summary>A dot-atom at a name of labels. No quoted local parts, no address literals, no comments: no one has them, and they hide tricks.</summary>
    public static bool IsAddress(string? text)
    {
        if (text is null || text.Length > MaxAddress) return false;
        var at = text.LastIndexOf('@');
        return at is > 0 and <= MaxLocal && text[..at].Split('.').All(IsAtom) && text[(at + 1)..].Split('.').All(IsLabel);
    }

    private static bool IsAtom(string part) => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c));

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
