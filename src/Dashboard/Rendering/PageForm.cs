using BudgetEngine.Dashboard.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>Reads a form that one of our pages sent.</summary>
internal static class PageForm
{
    public const string NotOurs = "This form did not come from a page of this server, or the page is too old. Open it again and repeat what you did.";

    /// <summary>No form of ours is longer.</summary>
    private const int MaxBytes = 32 * 1024;
    private const int MaxFields = 64;

    /// <summary>None takes longer to arrive: who reads it has a turn meanwhile.</summary>
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(10);

    /// <summary>Null: not a form, too large, too slow, or not from one of our pages.</summary>
    public static async Task<IFormCollection?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is > MaxBytes) return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBytes;
        using var late = new CancellationTokenSource(_within, context.RequestServices.GetRequiredService<TimeProvider>());
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            var form = await context.Request.ReadFormAsync(new FormOptions { ValueCountLimit = MaxFields, ValueLengthLimit = MaxBytes, KeyLengthLimit = 64 }, ended.Token);
            return FormToken.Holds(context, form) ? form : null;
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or BadHttpRequestException || late.IsCancellationRequested)
        {
            return null;
        }
    }
}
