using System.Security.Cryptography;
using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Api.Providers;
using PaymentOrchestrator.Api.Providers.Notifications;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Notifications;

/// <summary>What providers tell us of their own accord. The signature comes first: without it nothing is read and nothing is written.</summary>
internal static class ReceiveNotificationEndpoint
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/provider-notifications/{provider}", ReceiveAsync)
        .WithMetadata(new KeylessAttribute())
        .WithName("receiveNotification").WithTags("Providers")
        .WithSummary("Where providers send notifications")
        .WithDescription("Not for you to call. Each body is in the provider's own form and signed by the provider; the answer is the one that the provider expects.")
        .Produces(200).Refuses(400, 401, 404, 413);

    private static async Task ReceiveAsync(string provider, HttpContext context, ProviderDirectory directory, NotificationHints hints, NotificationLog kept, ISender sender)
    {
        byte[] body;
        try
        {
            using var buffer = new MemoryStream();
            await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
            body = buffer.ToArray();
        }
        catch (BadHttpRequestException e)
        {
            await HttpAnswers.WriteAsync(context, RequestFaults.From(e));
            return;
        }

        var known = false;
        foreach (var mode in Enum.GetValues<Mode>())
        {
            if (directory.For(mode).NotificationReader(provider) is not { } reader) continue;
            known = true;
            var target = context.Request.Path + context.Request.QueryString;
            var reading = reader.Read(context.Request.Method, target, context.Request.Headers, body);
            // Signed by someone else, perhaps in the other mode.
            if (reading is NotificationReading.BadSignature) continue;
            reading = reading.WithoutCardData();

            var digest = SHA256.HashData(body);
            await kept.KeepAsync(mode, provider, reading, digest);
            // Acknowledged once its effect is committed, whatever becomes of the connection meanwhile; until then the provider sends it again.
            var refusal = reading is NotificationReading.AccountAuthorized authorized
                ? (await sender.Send(new AuthorizeAccount(mode, authorized.BuyerId, authorized.Provider, authorized.Parameters), CancellationToken.None)).Problem
                : await hints.FollowAsync(reader.Provider, mode, reading, digest);
            if (refusal is not null) await HttpAnswers.WriteAsync(context, refusal);
            else await WriteAsync(context, reader.Acknowledge(context.Request.Method, target));
            return;
        }

        await HttpAnswers.WriteAsync(context, known
            ? new Problem(ProblemType.InvalidSignature, "The notification is not signed by the provider with the key that we know. Nothing was taken from it.")
            : new Problem(ProblemType.NotFound, "No provider of this name sends notifications here."));
    }

    private static async Task WriteAsync(HttpContext context, NotificationAcknowledgement acknowledgement)
    {
        if (acknowledgement.ContentType is not null) context.Response.ContentType = acknowledgement.ContentType;
        foreach (var (name, value) in acknowledgement.Headers) context.Response.Headers[name] = value;
        await context.Response.Body.WriteAsync(acknowledgement.Body, context.RequestAborted);
    }
}
