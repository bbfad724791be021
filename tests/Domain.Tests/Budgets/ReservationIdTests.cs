using System.Text;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Budgets;

public sealed class ReservationIdTests(ITestOutputHelper output)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReservationSigningKeys _keys = new([KeyOf(1, 1)]);

    /// <summary>One for each length of the last group of base64 characters.</summary>
    public static TheoryData<string> Users => new("b", "bo", "bob", "zoé", string.Concat(Enumerable.Repeat("\U0001F600", 64)), new string('\uFFFD', 128), new string('語', 128), "a b c");

    /// <summary>No check takes such a user, and PostgreSQL stores no NUL.</summary>
    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\u001fb")]
    public void Id_WhoseUserNoCheckTakes_IsNotTrue(string user) => Assert.False(_keys.TryRead(_keys.Write(IdOf("acme", user), _now), _now, out _));

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
                var text = _keys.Write(id, _now);
                Assert.InRange(text.Length, 1, ReservationIdText.MaxLength);
                Assert.Matches("^[A-Za-z0-9_-]+$", text);
                Assert.True(_keys.TryRead(text, _now, out var parsed));
                Assert.Equal(path, ReservationIdText.OwnerOf(text));
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
        var text = TextOf("acme/ai", user);
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
        var text = TextOf("acme/ai", user);
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
        foreach (var known in new[] { null, "", "rsv_", "rsv", "RSV_" + TextOf("acme", "bob")[4..], new string('A', 5_000), "rsv_" + new string('A', 5_000) }) Rejected(known);
        for (var i = 0; i < 50_000; i++)
        {
            var text = new StringBuilder(random.Next(3) > 0 ? ReservationIdText.Prefix : "");
            var length = random.Next(2_100);
            for (var j = 0; j < length; j++) text.Append(i % 4 == 0 ? (char)random.Next(0x10000) : Alphabet[random.Next(64)]);
            Rejected(text.ToString());
        }
    }

    /// <summary>A right sum over wrong content: anybody can make one, and nobody believes it.</summary>
    [Fact]
    public void Id_MadeByHandWithARightSum_IsNeverRead()
    {
        var random = Seed.NewRandom(output);
        var good = Convert.FromBase64String(Padded(TextOf("acme/ai", "zoé")[4..]))[..^4];
        for (var i = 0; i < 50_000; i++)
        {
            var body = good.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) body[random.Next(body.Length)] ^= (byte)random.Next(1, 256);
            if (random.Next(4) == 0) body = body[..random.Next(body.Length)];
            if (body.AsSpan().SequenceEqual(good)) continue;
            var hash = body.Aggregate(2_166_136_261u, (sum, b) => unchecked((sum ^ b) * 16_777_619u));
            var text = ReservationIdText.Prefix + System.Buffers.Text.Base64Url.EncodeToString([.. body, .. BitConverter.GetBytes(hash)]);
            Assert.False(_keys.TryRead(text, _now, out _), text);
            // Whatever it says, this never throws.
            ReservationIdText.OwnerOf(text);
        }
    }

    [Fact]
    public void Id_WithAnythingChangedOrWithoutASignature_IsReadAsItsOwnerOnly()
    {
        var id = ForgedId.Of(TextOf("acme/ai", "zoé"));
        Assert.Equal(id.ToString(), TextOf("acme/ai", "zoé"));
        foreach (var forged in new[]
        {
            id with { Attempt = id.Attempt + 1 }, id with { Attempt = long.MaxValue }, id with { Day = id.Day - 1 }, id with { User = "bob" }, id with { Key = Guid.Empty },
            id with { SigningKey = 0 }, id with { SigningKey = 2 }, id with { Signature = new byte[16] },
        })
        {
            Assert.False(_keys.TryRead(forged.ToString(), _now, out var read));
            Assert.Null(read);
            Assert.Equal("acme/ai", ReservationIdText.OwnerOf(forged.ToString()));
        }

        Assert.False(_keys.TryRead((id with { Owner = "acme/other" }).ToString(), _now, out _));
        Assert.False(_keys.TryRead(id.Unsigned(), _now, out _));
        Assert.Equal("acme/ai", ReservationIdText.OwnerOf(id.Unsigned()));
        // A border that has moved between owner and user is another content.
        Assert.False(_keys.TryRead((id with { Owner = "acme/a", User = "izoé" }).ToString(), _now, out _));
    }

    [Fact]
    public void Id_OfAnotherInstallation_IsNotRead()
    {
        var text = new ReservationSigningKeys([KeyOf(1, 9)]).Write(IdOf("acme/ai", "bob"), _now);

        Assert.False(_keys.TryRead(text, _now, out _));
    }

    [Fact]
    public void Keys_WhenRotated_SignFromTheirTimeAndVerifyUntilTheirs()
    {
        var id = IdOf("acme/ai", "bob");
        var (signs, ends) = (_now.AddMinutes(1), _now.AddDays(1));
        var rotated = new ReservationSigningKeys([KeyOf(2, 2, signs), KeyOf(1, 1, until: ends)]);

        var before = rotated.Write(id, signs.AddTicks(-1));
        var after = rotated.Write(id, signs);

        Assert.Equal((1, 2), (ForgedId.Of(before).SigningKey, ForgedId.Of(after).SigningKey));
        Assert.Equal(TextOf("acme/ai", "bob"), before);
        // Who knows the key already believes it, whatever its clock says.
        Assert.True(rotated.TryRead(after, _now, out _));
        Assert.True(rotated.TryRead(before, ends.AddTicks(-1), out var read));
        Assert.Equal(id, read);
        Assert.False(rotated.TryRead(before, ends, out _));
        Assert.True(rotated.TryRead(after, ends, out _));
        Assert.False(_keys.TryRead(after, _now, out _));
    }

    [Fact]
    public void Keys_WhoseClockIsBehindTheFirst_SignWithTheFirst() =>
        Assert.Equal(TextOf("acme/ai", "bob"), new ReservationSigningKeys([KeyOf(1, 1, _now.AddHours(1))]).Write(IdOf("acme/ai", "bob"), _now));

    [Fact]
    public async Task Keys_UsedByManyThreads_SignAlike()
    {
        var expected = TextOf("acme/ai", "bob");

        var texts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 2_000).Select(_ => TextOf("acme/ai", "bob")).Distinct().ToList())));

        Assert.All(texts, t => Assert.Equal([expected], t));
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

    private static ReservationSigningKey KeyOf(int number, byte secret, DateTimeOffset from = default, DateTimeOffset? until = null) =>
        new(number, [.. Enumerable.Repeat(secret, ReservationSigningKey.SecretLength)], from, until);

    private static string TextOf(string owner, string user) => _keys.Write(IdOf(owner, user), _now);

    private static string Padded(string base64Url) => base64Url.Replace('-', '+').Replace('_', '/').PadRight((base64Url.Length + 3) / 4 * 4, '=');

    private static ReservationId IdOf(string owner, string user) => new(
        owner, user, new DateOnly(2026, 11, 20), Stamp.First(7).Next(), ReservationId.KeyOf(owner, "r1"));

    private static void Rejected(string? text)
    {
        Assert.False(_keys.TryRead(text, _now, out var id), text);
        Assert.Null(id);
        Assert.Null(ReservationIdText.OwnerOf(text));
    }
}
