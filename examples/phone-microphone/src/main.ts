import { rememberedConversationId } from './conversation-id.ts';
import { pageOf } from './page-of.ts';
import './style.css';

const element = document.getElementById('root');
if (element === null) throw new Error('The page has no #root');
const page = pageOf(location.pathname, rememberedConversationId);
// Each device loads its own page only.
if (page.name === 'phone') {
  const { showPhone } = await import('./phone/show-phone.tsx');
  showPhone(element);
} else {
  const { showDesktop } = await import('./desktop/show-desktop.tsx');
  await showDesktop(element, page.conversationId);
}
