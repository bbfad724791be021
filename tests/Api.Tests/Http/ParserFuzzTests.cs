using System.Buffers;
using System.Text;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Usage;
using BudgetEngine.TestKit.Facts;

namespace BudgetEngine.Api.Tests.Http;

/// <summary>Bodies that are nearly right: the parsers answer, never throw, and answer the same however the bytes are cut into segments.</summary>
public class ParserFuzzTests
{
    private static readonly int Rounds = LongForms.Wanted ? 20_000 : 8_000;

    private static readonly string[] Seeds =
    [
        """{"cost_center":"acme/eng","model":"gpt","input_tokens":12,"max_output_tokens":8e2,"user":"u\u00e9\ud83d\ude00","request_id":"r","ttl_seconds":60,"amount":"1e-3","min_amount":null,"dry_run":false,"x":[{"y":null}]}""",
        """{"request_id":"r","reservation_id":"rsv_x","final":true,"cost_center":"a/b","timestamp":"2026-11-21T10:00:00.5+07:00","cost":1.5e-7,"latency_ms":812.4,"status":"error","tags":{"feature":"s\"x","\ud83d\ude00":"b"},"usage":null}""",
        """{"daily":300,"thresholds":[{"at":0.7,"level":"warning"},{"at":1,"level":"x"}],"default_price":{"input":1,"output":2},"per_user":{"daily":5},"assumed_output_tokens":"max","time_zone":"UTC","on_outage":"deny"}""",
    ];

    private static readonly string[] Pieces =
        ["\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "true", "1e999", "-", "0.5", "\u0001", "\"\\udc00\":1,", "\"cost_center\":", "NaN", " ", "\n"];

    [Fact]
    public void Parsers_OfMutatedBodies_NeverThrow_AndDoNotDependOnSegments()
    {
        var random = new Random(20261122);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Mutate(random);
            var whole = new ReadOnlySequence<byte>(bytes);
            var cut = Cut(bytes, random);
            Assert.Equal(Outcome(whole), Outcome(cut));
        }
    }

    private static string Outcome(in ReadOnlySequence<byte> body)
    {
        var problem = CheckJson.TryRead(body, Resolution.Nano, TimeSpan.Zero, 0, out var command);
        var usage = UsageJson.Read(body, Resolution.Nano);
        return $"{problem?.Code} {Fields(problem?.Errors)} | {command} | {usage.Unreadable} {Fields(usage.Faults)} {usage.RequestId} {usage.Cost} {usage.Timestamp:O} | {BudgetOutcome(body)}";
    }

    private static string BudgetOutcome(in ReadOnlySequence<byte> body)
    {
        var faults = new FaultList();
        var draft = new BudgetDraft(Domain.Budgets.Budget.Empty);
        try
        {
            if (JsonFields.TryOpen(body, Resolution.Nano, faults, out var fields))
            {
                BudgetReader.Read(ref fields, draft);
                fields.End();
            }
        }
        catch (System.Text.Json.JsonException)
        {
            return "malformed";
        }

        return $"{Fields(faults.Values)} {string.Join(",", faults.UnknownFields)} {draft.Own.Daily}";
    }

    private static string Fields(IReadOnlyList<InputFault>? faults) => faults is null ? "" : string.Join(",", faults.Select(f => f.Field + "=" + f.Message));

    private static byte[] Mutate(Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]).ToList();
        for (var i = random.Next(4); i >= 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 6), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
                default: bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(1, 12)).ToArray()); break;
            }

            if (bytes.Count == 0) bytes.Add((byte)'{');
        }

        return [.. bytes];
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, Random random)
    {
        Segment? first = null;
        Segment? last = null;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, 9), bytes.Length - at);
            var segment = new Segment(bytes.AsMemory(at, length), last);
            first ??= segment;
            last = segment;
            at += length;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            if (before is not null) before.Next = this;
        }
    }
}
