import { it } from 'vitest';
import { findPortRange } from '../../../launch/machine/find-port-range.ts';
import { measurePreset } from '../../../testing/measure-preset.ts';
import { startProgram } from '../../../testing/programs.ts';

/** The tutorial's consumer, without its pages and its Redis: one process needs none. */
const APPLICATION = `
import json
import django
from django.conf import settings

settings.configure(
    SECRET_KEY='none',
    ALLOWED_HOSTS=['127.0.0.1'],
    INSTALLED_APPS=['channels'],
    CHANNEL_LAYERS={'default': {'BACKEND': 'channels.layers.InMemoryChannelLayer', 'CONFIG': {'capacity': 100000}}},
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import re_path


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.group = 'chat_' + self.scope['url_route']['kwargs']['room']
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data):
        message = json.loads(text_data)['message']
        await self.channel_layer.group_send(self.group, {'type': 'chat.message', 'message': message})

    async def chat_message(self, event):
        await self.send(text_data=json.dumps({'message': event['message']}))


routes = [re_path(r'^ws/chat/(?P<room>\\w+)/$', ChatConsumer.as_asgi())]
application = ProtocolTypeRouter({'websocket': AllowedHostsOriginValidator(URLRouter(routes))})
`;

it('Django Channels under daphne brings each message once to each of the group', async () => {
  const port = await findPortRange(1);
  const args = ['-b', '127.0.0.1', '-p', String(port), 'chat:application'];
  const daphne = await startProgram('daphne', () => args, [port], { 'chat.py': APPLICATION });
  try {
    await measurePreset('django-channels', `ws://127.0.0.1:${port}`, { clients: 10 });
  } finally {
    await daphne.stop();
  }
});
