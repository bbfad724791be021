namespace BudgetEngine.Fuzz.Oracles;

/// <summary>The table of errors as the contract has it, written down here a second time: what the engine answers is compared with it.</summary>
internal static class Documented
{
    private static readonly Dictionary<string, int> _codes = Of(
        (400, "malformed_json invalid_request unknown_field invalid_cost_center invalid_cursor malformed_batch"),
        (401, "key_required invalid_key"),
        (403, "missing_scope outside_subtree key_ends_sooner"),
        (404, "unknown_cost_center unknown_reservation unknown_request unknown_alert unknown_channel unknown_schedule unknown_key unknown_price unknown_job no_budget not_found"),
        (405, "method_not_allowed"),
        (409, "request_id_conflict already_settled reservation_ended job_ended move_refused cost_center_moved move_under_way increase_conflict name_taken"),
        (412, "etag_mismatch"),
        (413, "body_too_large record_too_large too_many_records"),
        (415, "unsupported_media_type"),
        (422, "timestamp_in_future timestamp_too_old cost_too_small implausible_cost correction_too_large not_storable"),
        (429, "quota_exceeded"),
        (503, "ledger_unavailable overloaded shutting_down"));

    private static readonly string[] _denials =
        ["budget_exceeded", "paused", "unknown_cost_center", "unknown_model", "no_budget", "rate_limited", "too_many_reservations", "request_id_conflict", "implausible_amount", "model_not_allowed", "too_many_output_tokens", "ledger_unavailable", "invalid_request", "invalid_cost_center"];

    public static bool Has(int status, string code, bool gateway) => (_codes.TryGetValue(code, out var documented) && documented == status) || (gateway && status is 402 or 403 or 429 && _denials.Contains(code));

    private static Dictionary<string, int> Of(params (int Status, string Codes)[] table) => table.SelectMany(t => t.Codes.Split(' ').Select(c => (c, t.Status))).ToDictionary();
}
