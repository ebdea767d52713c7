using System.Diagnostics;
using Mediator;

namespace PaymentOrchestrator.Api.Http;

/// <summary>One span per command, named after it, with the problem's code when it was refused.</summary>
internal sealed class TracingBehavior<TMessage, TResponse> : IPipelineBehavior<TMessage, TResponse>
    where TMessage : notnull, IMessage
    where TResponse : IRefusable<TResponse>
{
    private static readonly ActivitySource Source = new("PaymentOrchestrator.Api");

    public async ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        using var activity = Source.StartActivity(typeof(TMessage).Name);
        var response = await next(message, cancellationToken);
        if (response.Problem is { } problem) activity?.SetTag("problem.code", problem.Type.Code);
        Telemetry.Subject.Note(response);
        return response;
    }
}
