using System.Diagnostics;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;

namespace BudgetEngine.Alerts.Tests.Secrets;

/// <summary>Secrets by reference: read at every message, from where they may lie and nowhere else.</summary>
public sealed class SecretReaderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("budget-secrets-").FullName;
    private readonly string _directory;
    private readonly SecretReader _reader;

    public SecretReaderTests()
    {
        _directory = Directory.CreateDirectory(Path.Combine(_root, "secrets")).FullName;
        File.WriteAllText(Path.Combine(_root, "outside"), "stolen");
        _reader = TestSender.Reader(_directory);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_AFile_IsTrimmedAndReadAnewEachTime()
    {
        Write("hook", "  first\n");
        Assert.Equal("first", _reader.Read("file:hook").Value);
        Write("hook", "second");
        Assert.Equal("second", _reader.Read("file:hook").Value);
    }

    [Fact]
    public void Read_AVariable_IsItsValue()
    {
        Environment.SetEnvironmentVariable("BUDGET_SECRET_TEST_READ", " value ");
        Assert.Equal("value", _reader.Read("env:BUDGET_SECRET_TEST_READ").Value);
        Assert.Equal(new SecretValue(null, "'env:BUDGET_SECRET_TEST_NONE' cannot be read, or is empty", false), _reader.Read("env:BUDGET_SECRET_TEST_NONE"));
    }

    [Fact]
    public void Read_ALiteral_StandsForItself() => Assert.Equal("whsec_x", _reader.Read("whsec_x").Value);

    [Theory]
    [InlineData("env:PATH")]
    [InlineData("env:BUDGET_ADMIN_KEY")]
    [InlineData("env:budget_secret_x")]
    [InlineData("file:../outside")]
    [InlineData("file:a/../../outside")]
    [InlineData("file:/etc/passwd")]
    [InlineData("file:a\\b")]
    [InlineData("file:.")]
    [InlineData("file:..")]
    [InlineData("file:a\0b")]
    [InlineData("file:")]
    public void Read_AReferenceToElsewhere_IsWrongForGood(string reference)
    {
        Environment.SetEnvironmentVariable("budget_secret_x", "x");
        var secret = _reader.Read(reference);
        Assert.Null(secret.Value);
        Assert.True(secret.IsForGood);
    }

    [Fact]
    public void Read_ALinkOut_IsNotFollowed()
    {
        File.CreateSymbolicLink(Path.Combine(_directory, "link"), Path.Combine(_root, "outside"));
        File.CreateSymbolicLink(Path.Combine(_directory, "relative"), "../outside");
        Directory.CreateSymbolicLink(Path.Combine(_directory, "folder"), _root);
        File.CreateSymbolicLink(Path.Combine(_directory, "through"), "folder/outside");
        File.CreateSymbolicLink(Path.Combine(_directory, "circle"), "circle");
        // A folder whose name begins with the same letters is another folder.
        Directory.CreateDirectory(_directory + "-not");
        File.WriteAllText(Path.Combine(_directory + "-not", "x"), "stolen");
        File.CreateSymbolicLink(Path.Combine(_directory, "beside"), "../secrets-not/x");
        foreach (var name in new[] { "link", "relative", "folder", "through", "circle", "beside" }) Assert.Equal((name, null), (name, _reader.Read($"file:{name}").Value));
    }

    [Fact]
    public void Read_TheLinksOfKubernetes_AreFollowed()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "..2026_11_21"));
        File.WriteAllText(Path.Combine(_directory, "..2026_11_21", "hook"), "mounted\n");
        Directory.CreateSymbolicLink(Path.Combine(_directory, "..data"), "..2026_11_21");
        File.CreateSymbolicLink(Path.Combine(_directory, "hook"), "..data/hook");
        // The folder itself may be reached by a link too.
        Directory.CreateSymbolicLink(Path.Combine(_root, "way"), _directory);
        Assert.Equal("mounted", _reader.Read("file:hook").Value);
        Assert.Equal("mounted", TestSender.Reader(Path.Combine(_root, "way")).Read("file:hook").Value);
    }

    [Fact]
    public void Read_WhatIsNoPlainFile_IsNotRead()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "folder"));
        Write("empty", "");
        Write("blank", " \n");
        Write("long", new string('x', SecretReader.MaxBytes + 1));
        // A pipe that is opened waits for a writer, for ever.
        using (var mkfifo = Process.Start("mkfifo", Path.Combine(_directory, "pipe"))) mkfifo.WaitForExit();
        foreach (var name in new[] { "folder", "empty", "blank", "long", "pipe", "absent" })
        {
            Assert.Equal(new SecretValue(null, $"'file:{name}' cannot be read, or is empty", false), _reader.Read($"file:{name}"));
        }

        Write("longest", new string('x', SecretReader.MaxBytes));
        Assert.Equal(SecretReader.MaxBytes, _reader.Read("file:longest").Value!.Length);
    }

    [Fact]
    public void Read_WithoutAFolder_IsNotRead() => Assert.Equal((null, false), (TestSender.Reader(null).Read("file:hook").Value, TestSender.Reader(null).Read("file:hook").IsForGood));

    [Fact]
    public async Task Send_WhileTheSecretIsExchanged_FailsAndIsSentOnceItIsThere()
    {
        await using var receiver = await WebReceiver.AnsweringAsync(200);
        using var sender = TestSender.Create(secrets: _directory);
        var channel = TestSender.Webhook("file:url", "file:key");
        var message = TestAlerts.Message(TestAlerts.Threshold());
        Assert.Equal(new SendOutcome(SendResult.Failed, "url: 'file:url' cannot be read, or is empty", null), await sender.SendAsync(channel, message, CancellationToken.None));
        Write("url", receiver.Url + "\n");
        Write("key", "whsec_half");
        Assert.Equal(
            new SendOutcome(SendResult.Failed, "secret: what 'file:key' names must be whsec_ and base64 of 24 to 64 bytes (or up to 4 such, separated by blanks)", null),
            await sender.SendAsync(channel, message, CancellationToken.None));
        Write("key", TestSender.WebhookSecret + "\n");
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(channel, message, CancellationToken.None));
        Assert.Equal(SendResult.Refused, (await sender.SendAsync(TestSender.Webhook(receiver.Url, "env:PATH"), message, CancellationToken.None)).Result);
        Assert.Single(receiver.Requests);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_directory, name), content);
}
