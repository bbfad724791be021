using System.Text;
using BudgetEngine.Client.Providers;

namespace BudgetEngine.Client.Tests.Providers;

public sealed class AnswerSkimmerTests
{
    [Theory]
    [InlineData("""{"a":[{"usage":1}],"t":"\\\"usage\":{},","usage":{"x":{"y":[1,2]}},"service_tier":"flex"}""", """{"usage":{"x":{"y":[1,2]}},"service_tier":"flex"}""")]
    [InlineData("{\n  \"service_tier\" : \"x\" ,\n  \"usage\" : { \"a\": \"},\" }\n}\n", "{\"usage\" : { \"a\": \"},\" }\n,\"service_tier\" : \"x\" }")]
    [InlineData("""{"usage":{"a":1},"metadata":{"service_tier":"flex","usage":{}},"usage":{"a":2}}""", """{"usage":{"a":2}}""")]
    [InlineData("""["usage",{"usage":{"a":1}}]""", "{}")]
    [InlineData("""{"usage":{"a":1}""", "{}")]
    [InlineData("""}]"usage":{"a":1},{}""", "{}")]
    [InlineData("", "{}")]
    public void Answer_CutAtAnyByte_SaysTheSame(string answer, string found)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var skimmer = new AnswerSkimmer();
            skimmer.Read(bytes.AsSpan(0, cut));
            skimmer.Read(bytes.AsSpan(cut));
            Assert.Equal((found, bytes.Length), (Encoding.UTF8.GetString(skimmer.Found), skimmer.Bytes));
        }
    }

    [Fact]
    public void Member_OfAnyLength_IsPassedOver()
    {
        var skimmer = new AnswerSkimmer();
        skimmer.Read(Encoding.UTF8.GetBytes($$$"""{"usage":{"a":"{{{new string('x', 100_000)}}}"},"text":"{{{new string('y', 100_000)}}}","service_tier":"z"}"""));
        Assert.Equal("""{"service_tier":"z"}""", Encoding.UTF8.GetString(skimmer.Found));
    }
}
