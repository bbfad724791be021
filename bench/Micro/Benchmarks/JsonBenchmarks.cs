using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Micro.Benchmarks;

/// <summary>What the edge reads and writes for each request.</summary>
public class JsonBenchmarks
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    private readonly ReadOnlySequence<byte> _check = Sequence(
        """{"cost_center":"acme/engineering/search","model":"gpt-4.1","input_tokens":1200,"max_output_tokens":800,"user":"u-17","session":"s-9","ttl_seconds":600}""");

    private readonly ReadOnlySequence<byte> _usage = Sequence(
        """
        {"request_id":"0123456789abcdef","cost_center":"acme/engineering/search","user":"u-17","session":"s-9","provider":"openai","model":"gpt-4.1","input_tokens":1180,
        "cached_input_tokens":0,"output_tokens":240,"latency_ms":812.4,"time_to_first_token_ms":210,"status":"success","request_path":"/v1/chat/completions","tags":{"feature":"search"}}
        """);

    private readonly CheckAnswer _answer = new(
        null, "rsv_AWVKCwACAAAAAAEAAJaUndxtN6MeCYRAnfhE9TAXAGFjbWU", new Money(8_800_000), new Money(8_800_000), new DateTimeOffset(2026, 11, 20, 12, 10, 0, TimeSpan.Zero), false, false,
        null, null, null,
        new WindowView(
            "acme/engineering", null, Period.Daily, new Money(300_000_000_000), new Money(12_500_000_000), new Money(8_800_000), "ok",
            new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero), false),
        []);

    private readonly ArrayBufferWriter<byte> _output = new(4096);

    [GlobalSetup]
    public void SetUp()
    {
        if (CheckJson.Read(_check, Resolution.Nano, AnswerWithin, 0) is null || UsageJson.Read(_usage, Resolution.Nano).Faults.Count > 0 || WriteAnswer() == 0) throw new InvalidOperationException("The bodies are not read.");
    }

    [Benchmark(Baseline = true)]
    public CheckCommand? ReadCheck() => CheckJson.Read(_check, Resolution.Nano, AnswerWithin, visibleDepth: 0);

    [Benchmark]
    public int WriteAnswer()
    {
        _output.ResetWrittenCount();
        CheckAnswerJson.Write(_output, Resolution.Nano, _answer, explain: false);
        return _output.WrittenCount;
    }

    [Benchmark]
    public UsageInput ReadUsage() => UsageJson.Read(_usage, Resolution.Nano);

    private static ReadOnlySequence<byte> Sequence(string text) => new(Encoding.UTF8.GetBytes(text));
}
