using System.IO.Pipelines;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.TestKit.Waiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Api.Tests.Http;

/// <summary>What is still to come of a body whose request is refused, on any path.</summary>
public class RefusedBodyTests
{
    private const int Piece = 64 * 1024;

    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);
    // What is written is read at once, on the writer's thread, as far as anybody reads.
    private readonly Pipe _body = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: Piece, resumeWriterThreshold: 1, useSynchronizationContext: false));
    private readonly Connection _connection = new();
    private readonly RefusedBodies _refused;

    public RefusedBodyTests() => _refused = new RefusedBodies(_clock);

    [Fact]
    public async Task Body_ThatEnds_KeepsItsConnection()
    {
        var request = RefuseAsync("HTTP/1.1");
        await _body.Writer.WriteAsync(new byte[Piece]);
        Assert.False(request.IsCompleted);
        await _body.Writer.CompleteAsync();

        await request.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(_connection.IsCut);
    }

    [Fact]
    public async Task Body_ThatStops_IsCut()
    {
        var request = RefuseAsync("HTTP/1.1");
        _clock.Advance(RefusedBodies.Within - TimeSpan.FromTicks(1));
        Assert.False(request.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));

        await request.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(_connection.IsCut);
    }

    [Fact]
    public async Task Body_ThatGoesOn_WaitsAtItsSender_AndIsCut()
    {
        var request = RefuseAsync("HTTP/1.1");
        var written = 0;
        while (_body.Writer.WriteAsync(new byte[Piece]).IsCompleted) written += Piece;

        // The piece that was too much has been read; the next one waits.
        Assert.Equal(RefusedBodies.BurstBytes + Piece, written);
        _clock.Advance(RefusedBodies.Within);
        await request.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(_connection.IsCut);
    }

    [Fact]
    public async Task Body_ForWhichTooManyOthersWait_IsCutAtOnce_BehindItsAnswer()
    {
        while (_refused.Take(Piece) is not null)
        {
        }

        var request = RefuseAsync("HTTP/1.1");
        await _body.Writer.WriteAsync(new byte[Piece]);
        Assert.False(request.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(100));

        await request.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(_connection.IsCut);
    }

    [Fact]
    public async Task Body_OfAnotherProtocol_IsLeftToTheServer()
    {
        await RefuseAsync("HTTP/2").WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(_connection.IsCut);
    }

    private Task RefuseAsync(string protocol)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/v1/nothing";
        context.Request.Protocol = protocol;
        context.Features.Set<IHttpRequestBodyDetectionFeature>(_connection);
        context.Features.Set<IHttpRequestLifetimeFeature>(_connection);
        context.Features.Set<IRequestBodyPipeFeature>(new Body(_body.Reader));
        return new ProblemMiddleware(
            c =>
            {
                c.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            },
            _refused, NullLogger<ProblemMiddleware>.Instance).InvokeAsync(context);
    }

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;

    private sealed class Connection : IHttpRequestBodyDetectionFeature, IHttpRequestLifetimeFeature
    {
        public bool CanHaveBody => true;

        public bool IsCut { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsCut = true;
    }
}
