using BudgetEngine.Dashboard.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>Reads a form that one of our pages sent.</summary>
internal static class PageForm
{
    public const string NotOurs = "This form did not come from a page of this server, or the page is too old. Open it again and repeat what you did.";

    /// <summary>No form of ours is longer.</summary>
    private const int MaxBytes = 32 * 1024;
    private const int MaxFields = 64;

    /// <summary>Null: not a form, too large, or not from one of our pages.</summary>
    public static async Task<IFormCollection?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is > MaxBytes) return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBytes;
        try
        {
            var form = await context.Request.ReadFormAsync(new FormOptions { ValueCountLimit = MaxFields, ValueLengthLimit = MaxBytes, KeyLengthLimit = 64 }, context.RequestAborted);
            return FormToken.Holds(context, form) ? form : null;
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }
}
