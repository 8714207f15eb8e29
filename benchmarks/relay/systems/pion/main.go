// A relay on Pion: legs 2k and 2k+1 forward each other's packets. Spoken to in lines, see ../orders.ts.
// With PION_BARE set it registers no interceptors (no reports, no feedback).
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v3"
)

var (
	lock   sync.RWMutex
	tracks = map[int]*webrtc.TrackLocalStaticRTP{}
	output sync.Mutex
)

func say(line string) {
	output.Lock()
	defer output.Unlock()
	fmt.Println(line)
}

func newAPI() (*webrtc.API, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	registry := &interceptor.Registry{}
	if os.Getenv("PION_BARE") == "" {
		if err := webrtc.RegisterDefaultInterceptors(engine, registry); err != nil {
			return nil, err
		}
	}
	settings := webrtc.SettingEngine{}
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetIncludeLoopbackCandidate(true)
	return webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry),
		webrtc.WithSettingEngine(settings)), nil
}

func forward(leg int, remote *webrtc.TrackRemote) {
	for {
		packet, _, err := remote.ReadRTP()
		if err != nil {
			return
		}
		lock.RLock()
		other := tracks[leg^1]
		lock.RUnlock()
		if other != nil {
			_ = other.WriteRTP(packet)
		}
	}
}

// Reports of the other side must be read, or they pile up.
func drain(sender *webrtc.RTPSender) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := sender.Read(buffer); err != nil {
			return
		}
	}
}

func answer(api *webrtc.API, leg int, sdp string) (string, error) {
	peer, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return "", err
	}
	capability := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	track, err := webrtc.NewTrackLocalStaticRTP(capability, "audio", "relay")
	if err != nil {
		return "", err
	}
	sender, err := peer.AddTrack(track)
	if err != nil {
		return "", err
	}
	go drain(sender)
	peer.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { forward(leg, remote) })
	if err := peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp}); err != nil {
		return "", err
	}
	description, err := peer.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(peer)
	if err := peer.SetLocalDescription(description); err != nil {
		return "", err
	}
	<-gathered
	lock.Lock()
	tracks[leg] = track
	lock.Unlock()
	return peer.LocalDescription().SDP, nil
}

func obey(api *webrtc.API, line string) {
	parts := strings.SplitN(line, " ", 3)
	var leg int
	var sdp string
	if len(parts) < 3 || parts[0] != "offer" {
		say("failed order")
		return
	}
	if _, err := fmt.Sscan(parts[1], &leg); err != nil {
		say("failed leg")
		return
	}
	if err := json.Unmarshal([]byte(parts[2]), &sdp); err != nil {
		say("failed sdp")
		return
	}
	text, err := answer(api, leg, sdp)
	if err != nil {
		say("failed " + err.Error())
		return
	}
	quoted, _ := json.Marshal(text)
	say(fmt.Sprintf("answer %d %s", leg, quoted))
}

func main() {
	api, err := newAPI()
	if err != nil {
		say("failed " + err.Error())
		return
	}
	say("ready")
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		go obey(api, lines.Text())
	}
}
