using System.Buffers;
using System.Text;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Envoy.Protocol;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Envoy.Authorization;

/// <summary>Answers of the gateway dialect in Envoy's messages.</summary>
internal static class CheckAnswers
{
    private const string Prefix = "X-Budget-";
    private const string UserHeader = "X-User-ID";

    // google.rpc.Code
    private const int PermissionDenied = 7;
    private const int ResourceExhausted = 8;
    private const int Unauthenticated = 16;

    /// <summary>Whose values reach the client too.</summary>
    private static readonly string[] ToClient = ["X-Budget-Reservation", "X-Budget-Remaining"];

    /// <summary>All that we read or write: what the answer does not set is deleted, whatever the client sent.</summary>
    private static readonly string[] Ours =
    [
        .. GatewayProfile.InputHeaders, "X-Budget-Key", "X-Budget-Decision", "X-Budget-Reservation", "X-Budget-Remaining", "X-Budget-Utilization", "X-Budget-Currency", "X-Budget-Code",
        "X-Budget-Reset", "X-Budget-Message", "X-Budget-Cost",
    ];

    /// <param name="headers">Those of the answer.</param>
    /// <param name="sent">Names of the client's headers.</param>
    public static CheckResponse Allowed(GatewayAnswer answer, IHeaderDictionary headers, IEnumerable<string> sent)
    {
        if (answer.Command!.User is var user && user != UsageRow.AnonymousUser) headers[UserHeader] = user;
        var ok = new OkHttpResponse();
        AddTo(ok.Headers, headers);
        var foreign = sent.Where(n => n.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase));
        ok.HeadersToRemove.AddRange(Ours.Concat(foreign).Where(n => !headers.ContainsKey(n)).Select(n => n.ToLowerInvariant()).Distinct());
        foreach (var name in ToClient.Where(headers.ContainsKey)) ok.ResponseHeadersToAdd.Add(Overwriting(name, headers[name]!));
        var metadata = new Struct();
        metadata.Fields["request_id"] = Value.ForString(answer.RequestId);
        metadata.Fields["cost_center"] = Value.ForString(answer.Command.CostCenter.Path);
        if (answer.Decision!.ReservationId is { } reservation) metadata.Fields["reservation_id"] = Value.ForString(reservation);
        return new CheckResponse { Status = new Status(), OkResponse = ok, DynamicMetadata = metadata };
    }

    public static CheckResponse Denied(GatewayDenial denial)
    {
        var (headers, body) = (new HeaderDictionary(), new ArrayBufferWriter<byte>());
        denial.WriteHeaders(headers);
        denial.WriteBody(body);
        var denied = new DeniedHttpResponse { Status = new HttpStatus { Code = denial.Status }, Body = Encoding.UTF8.GetString(body.WrittenSpan) };
        AddTo(denied.Headers, headers);
        var code = denial.Status switch { StatusCodes.Status401Unauthorized => Unauthenticated, StatusCodes.Status403Forbidden => PermissionDenied, _ => ResourceExhausted };
        return new CheckResponse { Status = new Status { Code = code, Message = denial.Code }, DeniedResponse = denied };
    }

    private static void AddTo(RepeatedField<HeaderValueOption> options, IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers) options.Add(Overwriting(name, values!));
    }

    private static HeaderValueOption Overwriting(string name, string value) => new() { Header = new HeaderValue { Key = name.ToLowerInvariant(), Value = value }, Append = false };
}
