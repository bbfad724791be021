using System.Collections.Frozen;

namespace BudgetEngine.Api.Errors;

/// <summary>The codes of problem answers. Codes are only ever added; each has one status and one title.</summary>
public static class ApiCode
{
    public const string MalformedJson = "malformed_json";
    public const string InvalidRequest = "invalid_request";
    public const string UnknownField = "unknown_field";
    public const string InvalidCostCenter = "invalid_cost_center";
    public const string InvalidCursor = "invalid_cursor";
    public const string MalformedBatch = "malformed_batch";
    public const string KeyRequired = "key_required";
    public const string InvalidKey = "invalid_key";
    public const string MissingScope = "missing_scope";
    public const string OutsideSubtree = "outside_subtree";
    public const string KeyEndsSooner = "key_ends_sooner";
    public const string UnknownCostCenter = "unknown_cost_center";
    public const string UnknownReservation = "unknown_reservation";
    public const string UnknownRequest = "unknown_request";
    public const string UnknownAlert = "unknown_alert";
    public const string UnknownChannel = "unknown_channel";
    public const string UnknownSchedule = "unknown_schedule";
    public const string UnknownKey = "unknown_key";
    public const string UnknownPrice = "unknown_price";
    public const string UnknownJob = "unknown_job";
    public const string NoBudget = "no_budget";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string RequestIdConflict = "request_id_conflict";
    public const string AlreadySettled = "already_settled";
    public const string ReservationEnded = "reservation_ended";
    public const string JobEnded = "job_ended";
    public const string MoveRefused = "move_refused";
    public const string CostCenterMoved = "cost_center_moved";
    public const string MoveUnderWay = "move_under_way";
    public const string IncreaseConflict = "increase_conflict";
    public const string NameTaken = "name_taken";
    public const string ETagMismatch = "etag_mismatch";
    public const string BodyTooLarge = "body_too_large";
    public const string RecordTooLarge = "record_too_large";
    public const string TooManyRecords = "too_many_records";
    public const string BodyTooSlow = "body_too_slow";
    public const string TooManyRequests = "too_many_requests";
    public const string TooMuchToRead = "too_much_to_read";
    public const string NotStorable = "not_storable";
    public const string QuotaExceeded = "quota_exceeded";
    public const string LedgerUnavailable = "ledger_unavailable";
    public const string Overloaded = "overloaded";
    public const string ShuttingDown = "shutting_down";
    public const string InternalError = "internal_error";

    /// <summary>Status and title of every code.</summary>
    internal static readonly FrozenDictionary<string, (int Status, string Title)> Table = new Dictionary<string, (int, string)>
    {
        [MalformedJson] = (400, "The body cannot be read as JSON"),
        [InvalidRequest] = (400, "The request is not valid"),
        [UnknownField] = (400, "The request has fields that are not known"),
        [InvalidCostCenter] = (400, "The cost center is not valid"),
        [InvalidCursor] = (400, "The cursor is not valid"),
        [MalformedBatch] = (400, "The batch breaks off"),
        [KeyRequired] = (401, "A key is required"),
        [InvalidKey] = (401, "The key is not valid"),
        [MissingScope] = (403, "The key lacks a scope"),
        [OutsideSubtree] = (403, "Outside of the key's subtree"),
        [KeyEndsSooner] = (403, "The key ends sooner"),
        [UnknownCostCenter] = (404, "Unknown cost center"),
        [UnknownReservation] = (404, "Unknown reservation"),
        [UnknownRequest] = (404, "Unknown request"),
        [UnknownAlert] = (404, "Unknown alert"),
        [UnknownChannel] = (404, "Unknown channel"),
        [UnknownSchedule] = (404, "Unknown schedule"),
        [UnknownKey] = (404, "Unknown key"),
        [UnknownPrice] = (404, "Unknown price"),
        [UnknownJob] = (404, "Unknown job"),
        [NoBudget] = (404, "No budget is set"),
        [NotFound] = (404, "Not found"),
        [MethodNotAllowed] = (405, "Method not allowed"),
        [BodyTooSlow] = (408, "The body comes too slowly"),
        [UnsupportedMediaType] = (415, "Unsupported media type"),
        [RequestIdConflict] = (409, "The request id is known with other content"),
        [AlreadySettled] = (409, "The reservation is settled already"),
        [ReservationEnded] = (409, "The reservation has ended"),
        [JobEnded] = (409, "The job has ended"),
        [MoveRefused] = (409, "The move cannot be"),
        [CostCenterMoved] = (409, "The cost center was moved"),
        [MoveUnderWay] = (409, "A move is under way"),
        [IncreaseConflict] = (409, "The increase is known with other content"),
        [NameTaken] = (409, "The name is taken"),
        [ETagMismatch] = (412, "The precondition does not hold"),
        [BodyTooLarge] = (413, "The body is too large"),
        [RecordTooLarge] = (413, "The record is too large"),
        [TooManyRecords] = (413, "Too many records"),
        ["timestamp_in_future"] = (422, "The timestamp is in the future"),
        ["timestamp_too_old"] = (422, "The timestamp is too old"),
        ["cost_too_small"] = (422, "The cost is too small to be booked"),
        ["implausible_cost"] = (422, "The cost is implausible"),
        ["correction_too_large"] = (422, "The correction is too large"),
        [NotStorable] = (422, "The record cannot be stored"),
        [QuotaExceeded] = (429, "The share is used up"),
        [TooMuchToRead] = (422, "Too much would have to be read"),
        [TooManyRequests] = (429, "Too many requests at once"),
        [InternalError] = (500, "Internal error"),
        [LedgerUnavailable] = (503, "The ledger is unavailable"),
        [Overloaded] = (503, "Overloaded"),
        [ShuttingDown] = (503, "Shutting down"),
    }.ToFrozenDictionary();

    /// <summary>The status of a code; an unknown one is a bug and answers 500.</summary>
    public static int StatusOf(string code) => Table.TryGetValue(code, out var entry) ? entry.Status : 500;

    internal static string TitleOf(string code) => Table.TryGetValue(code, out var entry) ? entry.Title : Table[InternalError].Title;

    /// <summary>The code for a bare status that routing or the server set.</summary>
    internal static string OfStatus(int status) => status switch
    {
        401 => KeyRequired,
        403 => MissingScope,
        404 => NotFound,
        405 => MethodNotAllowed,
        408 => BodyTooSlow,
        413 => BodyTooLarge,
        415 => UnsupportedMediaType,
        429 => TooManyRequests,
        503 => LedgerUnavailable,
        < 500 => InvalidRequest,
        _ => InternalError,
    };
}
