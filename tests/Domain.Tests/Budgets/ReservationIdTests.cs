using System.Text;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Budgets;

public sealed class ReservationIdTests(ITestOutputHelper output)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>One for each length of the last group of base64 characters.</summary>
    public static TheoryData<string> Users => new("b", "bo", "bob", "zoé", string.Concat(Enumerable.Repeat("\U0001F600", 64)), new string('\uFFFD', 128), new string('語', 128), "a b\0c");

    [Theory]
    [MemberData(nameof(Users))]
    public void Id_WithTheLongestPath_ComesBackAsItWas(string user)
    {
        var owner = string.Join('/', Enumerable.Repeat(new string('x', CostCenterId.MaxSegmentLength), CostCenterId.MaxSegments));
        foreach (var path in new[] { owner, "a", "acme/ai-2/v1.0_x" })
        {
            foreach (var date in new[] { DateOnly.MinValue, new DateOnly(2026, 11, 20), DateOnly.MaxValue })
            {
                var id = IdOf(path, user) with { Date = date, Attempt = new Stamp(date == DateOnly.MaxValue ? long.MaxValue : 0) };
                var text = id.ToString();
                Assert.InRange(text.Length, 1, ReservationId.MaxLength);
                Assert.Matches("^[A-Za-z0-9_-]+$", text);
                Assert.True(ReservationId.TryParse(text, out var parsed));
                Assert.Equal(id, parsed);
            }
        }
    }

    [Theory]
    [InlineData("b")]
    [InlineData("bo")]
    [InlineData("bob")]
    public void Id_WithAnyOneCharacterChanged_IsRejected(string user)
    {
        var text = IdOf("acme/ai", user).ToString();
        for (var at = 0; at < text.Length; at++)
        {
            foreach (var c in Alphabet + " \n\t=%+/.é\0")
            {
                if (c != text[at]) Rejected($"{text[..at]}{c}{text[(at + 1)..]}");
            }
        }
    }

    [Theory]
    [InlineData("b")]
    [InlineData("bo")]
    [InlineData("bob")]
    public void Id_WithACharacterMoreOrLess_IsRejected(string user)
    {
        var text = IdOf("acme/ai", user).ToString();
        for (var at = 0; at <= text.Length; at++)
        {
            foreach (var c in "A_ \n\r\t=%") Rejected(text.Insert(at, c.ToString()));
            if (at < text.Length) Rejected(text.Remove(at, 1));
        }

        foreach (var padding in new[] { "=", "==", "%", "%%", "  " }) Rejected(text + padding);
    }

    [Fact]
    public void Id_OfRandomGarbage_IsRejectedWithoutThrowing()
    {
        var random = Seed.NewRandom(output);
        foreach (var known in new[] { null, "", "rsv_", "rsv", "RSV_" + IdOf("acme", "bob").ToString()[4..], new string('A', 5_000), "rsv_" + new string('A', 5_000) }) Rejected(known);
        for (var i = 0; i < 50_000; i++)
        {
            var text = new StringBuilder(random.Next(3) > 0 ? ReservationId.Prefix : "");
            var length = random.Next(2_100);
            for (var j = 0; j < length; j++) text.Append(i % 4 == 0 ? (char)random.Next(0x10000) : Alphabet[random.Next(64)]);
            Rejected(text.ToString());
        }
    }

    /// <summary>A right sum over wrong content: ids are claims, so anybody can make one.</summary>
    [Fact]
    public void Id_MadeByHandWithARightSum_NeverThrowsAndComesBackTheSame()
    {
        var random = Seed.NewRandom(output);
        var good = Convert.FromBase64String(Padded(IdOf("acme/ai", "zoé").ToString()[4..]));
        for (var i = 0; i < 50_000; i++)
        {
            var body = good[..^4];
            for (var changes = random.Next(1, 4); changes > 0; changes--) body[random.Next(body.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) body = body[..random.Next(body.Length)];
            var sum = System.Security.Cryptography.SHA256.HashData(body)[..4];
            var text = ReservationId.Prefix + System.Buffers.Text.Base64Url.EncodeToString([.. body, .. sum]);
            if (ReservationId.TryParse(text, out var id)) Assert.Equal(text, id.ToString());
        }
    }

    [Fact]
    public void Key_OfOwnerAndRequest_DependsOnBothAndTheirBorder()
    {
        Assert.Equal(ReservationId.KeyOf("acme", "r1"), ReservationId.KeyOf("acme", "r1"));
        Assert.NotEqual(ReservationId.KeyOf("acme", "r1"), ReservationId.KeyOf("acme", "r2"));
        Assert.NotEqual(ReservationId.KeyOf("acme/a", "r1"), ReservationId.KeyOf("acme/", "ar1"));
        Assert.NotEqual(ReservationId.KeyOf("acme", "r"), ReservationId.KeyOf("acmer", ""));
        Assert.NotEqual(Guid.Empty, ReservationId.KeyOf(new string('x', CostCenterId.MaxLength), new string('語', 200)));
    }

    private static string Padded(string base64Url) => base64Url.Replace('-', '+').Replace('_', '/').PadRight((base64Url.Length + 3) / 4 * 4, '=');

    private static ReservationId IdOf(string owner, string user) => new(
        owner, user, new DateOnly(2026, 11, 20), Stamp.First(7).Next(), ReservationId.KeyOf(owner, "r1"));

    private static void Rejected(string? text)
    {
        Assert.False(ReservationId.TryParse(text, out var id), text);
        Assert.Null(id);
    }
}
