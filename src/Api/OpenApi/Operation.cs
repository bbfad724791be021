using System.Collections.Immutable;

namespace BudgetEngine.Api.OpenApi;

/// <summary>What the OpenAPI document says of an endpoint. Stands on the endpoint, as metadata, where it is mapped.</summary>
internal sealed record Operation(string Tag, string Summary, string? Description = null)
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";
    public const string NdJson = "application/x-ndjson";

    public ImmutableArray<Parameter> Parameters { get; private init; } = [];

    public ImmutableArray<DescribedBody> Bodies { get; private init; } = [];

    public ImmutableArray<DescribedAnswer> Answers { get; private init; } = [];

    /// <summary>A body that works as it stands, as JSON; null: none is shown.</summary>
    public string? Example { get; private init; }

    /// <summary>Any method, and any path below, is the same question: described once, as <c>GET</c>.</summary>
    public bool IsOfAnyMethod { get; private init; }

    public Operation Shows(string example) => this with { Example = example };

    public Operation OfAnyMethod() => this with { IsOfAnyMethod = true };

    /// <summary>Served to anybody.</summary>
    public bool IsPublic { get; private init; }

    public Operation Public() => this with { IsPublic = true };

    /// <summary>Parameters beside those of the path.</summary>
    public Operation Takes(params ReadOnlySpan<Parameter> parameters) => this with { Parameters = [.. Parameters, .. parameters] };

    /// <typeparam name="T">A record that has the fields that the body's reader reads.</typeparam>
    public Operation Reads<T>(params ReadOnlySpan<string> contentTypes)
    {
        var bodies = Bodies;
        foreach (var type in contentTypes.IsEmpty ? [Json] : contentTypes) bodies = bodies.Add(new DescribedBody(type, typeof(T)));
        return this with { Bodies = bodies };
    }

    /// <summary>One of these, as a content of its own.</summary>
    public Operation ReadsAny(string contentType, params ReadOnlySpan<Type> types)
    {
        var bodies = Bodies;
        foreach (var type in types) bodies = bodies.Add(new DescribedBody(contentType, type));
        return this with { Bodies = bodies };
    }

    public Operation Gives<T>(int status = 200, string description = "Done", string contentType = Json) => Gives(status, description, contentType, typeof(T));

    /// <param name="types">One of them; none: no body.</param>
    public Operation Gives(int status, string description, string contentType, params ReadOnlySpan<Type> types) =>
        this with { Answers = Answers.Add(new DescribedAnswer(status, description, contentType, [.. types])) };

    public Operation GivesNothing(int status = 204, string description = "Done") => Gives(status, description, Json);

    /// <summary>Headers of all answers of success so far.</summary>
    public Operation WithHeaders(params ReadOnlySpan<string> headers)
    {
        ImmutableArray<string> all = [.. headers];
        return this with { Answers = [.. Answers.Select(a => a.Status < 300 ? a with { Headers = all } : a)] };
    }
}

/// <summary>A body that an endpoint reads.</summary>
internal sealed record DescribedBody(string ContentType, Type Type);

/// <summary>An answer that an endpoint gives; several of one status are its contents.</summary>
internal sealed record DescribedAnswer(int Status, string Description, string ContentType, ImmutableArray<Type> Types)
{
    public ImmutableArray<string> Headers { get; init; } = [];
}
