using System.Text;
using BudgetEngine.Load.Rivals;

namespace BudgetEngine.Load.Tests;

public sealed class RedisReplyTests
{
    [Theory]
    [InlineData(":1\r\n", 4, 1)]
    [InlineData(":-12\r\n:5\r\n", 6, -12)]
    [InlineData("+PONG\r\n", 7, 0)]
    [InlineData("$3\r\nabc\r\n:1\r\n", 9, 0)]
    public void TryRead_WholeReply_TakesItAndNoMore(string bytes, int length, long number)
    {
        Assert.True(RedisReply.TryRead(Encoding.ASCII.GetBytes(bytes), out var reply));
        Assert.Equal(new RedisReply(length, number, null), reply);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":1")]
    [InlineData(":1\r")]
    [InlineData("$3\r\nab")]
    public void TryRead_PartOfAReply_Waits(string bytes) => Assert.False(RedisReply.TryRead(Encoding.ASCII.GetBytes(bytes), out _));

    [Fact]
    public void TryRead_Error_IsTold()
    {
        Assert.True(RedisReply.TryRead("-NOSCRIPT No matching script\r\n"u8, out var reply));
        Assert.Equal("NOSCRIPT No matching script", reply.Error);
    }

    [Fact]
    public void TryRead_WhatNoCommandAsksFor_IsRefused() => Assert.Throws<InvalidDataException>(() => RedisReply.TryRead("*1\r\n"u8, out _));
}
