using System.Net.Sockets;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// Innermost in the clients to providers, webhook receivers and the source of rates. A connection that the other side resets in the moment in which it is made comes out of .NET 10's
/// SocketsHttpHandler as a naked <see cref="SocketException"/>, for which nobody who calls over HTTP is prepared; here it becomes what a
/// connection that failed a moment sooner is.
/// </summary>
internal sealed class ConnectionFaults : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e);
        }
    }
}
