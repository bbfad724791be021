using System.Text;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Domain.Tests.Wording;

public sealed class KnownTextsTests
{
    [Fact]
    public void Text_ThatCameBefore_IsTheSameString() =>
        Assert.Same(KnownTexts.Of("acme/engineering/search"u8), KnownTexts.Of("acme/engineering/search"u8));

    [Fact]
    public void Text_ThatIsEmptyLongOrNotAscii_IsNotKept()
    {
        Assert.Null(KnownTexts.Of([]));
        Assert.NotNull(KnownTexts.Of(new byte[KnownTexts.MaxLength].AsSpan()));
        Assert.Null(KnownTexts.Of(new byte[KnownTexts.MaxLength + 1].AsSpan()));
        Assert.Null(KnownTexts.Of("café"u8));
    }

    [Fact]
    public void Texts_OfManyThreads_AreNeverTakenForEachOther() =>
        // Many more than there are slots.
        Parallel.For(0, 200_000, i =>
        {
            var text = $"u-{i % 20_011}";
            Assert.Equal(text, KnownTexts.Of(Encoding.ASCII.GetBytes(text)));
        });
}
